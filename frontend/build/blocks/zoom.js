// Where a picture stands in its box: enlarged around a point, moved, never out of sight. Pure.

const [LEAST, MOST] = [1, 8];

export const WHOLE = Object.freeze({ scale: 1, x: 0, y: 0 });

/// Keeps an enlarged picture over the middle of its box; `size` is the box's, whose middle is the origin.
function held({ scale, x, y }, size) {
  const room = [size.width, size.height].map((length) => (length * (scale - 1)) / 2);
  // Not minus zero, which is another value to whoever compares.
  const within = (value, most) => Math.min(most, Math.max(-most, value)) || 0;
  return { scale, x: within(x, room[0]), y: within(y, room[1]) };
}

/// Enlarged `factor` times more, so that what is at `point` (from the middle of the box) stays there.
export function enlarged(place, factor, point, size) {
  const scale = Math.min(MOST, Math.max(LEAST, place.scale * factor));
  const share = scale / place.scale;
  return held({ scale, x: point.x - (point.x - place.x) * share, y: point.y - (point.y - place.y) * share }, size);
}

/// Moved by so much.
export const moved = (place, dx, dy, size) => held({ ...place, x: place.x + dx, y: place.y + dy }, size);
