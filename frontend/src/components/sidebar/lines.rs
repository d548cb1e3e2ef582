//! The list as lines of known height, so that only those on the screen are drawn. Pure: [`build`] says what stands where,
//! [`Lines`] what can be seen.

use crate::state::chats::{ChatList, Shelf};
use crate::state::load::Load;
use shared::chat::Session;
use shared::organize::Folder;
use shared::{ApiError, FolderId};
use std::ops::Range;
use std::sync::Arc;

/// The heading of a group of chats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heading {
    /// What is pinned.
    Pinned,
    /// The folders.
    Folders,
    /// Today, yesterday, the last days.
    Recent(crate::time::Age),
    /// A month, by its name.
    Month(String),
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A heading.
    Heading(Heading),
    /// A folder, with what is going on in it.
    Folder(Folder),
    /// A chat; `inside` says that it stands below its folder.
    Chat {
        /// The chat.
        session: Arc<Session>,
        /// Whether it stands below its folder.
        inside: bool,
    },
    /// An open folder with nothing in it.
    Empty(FolderId),
    /// More of a shelf can be asked for.
    More(Shelf),
    /// A part that has not come yet.
    Waiting(Part),
    /// A part that did not come.
    Failed(Part, ApiError),
}

/// A part of the list that is asked for by itself, beside the chats that lie in no folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The folders.
    Folders,
    /// What is pinned, or what lies in a folder.
    Shelf(Shelf),
}

impl Part {
    /// Whether it stands below a folder.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        matches!(self, Self::Shelf(Shelf::Folder(_)))
    }

    /// What says that it has not come, or did not.
    fn line(self, load: Option<&Load>) -> Option<Line> {
        match load? {
            Load::Waiting => Some(Line::Waiting(self)),
            Load::Ready => None,
            Load::Failed(error) => Some(Line::Failed(self, error.clone())),
        }
    }
}

impl Line {
    /// What it is known by: a line keeps its place in the document as long as this is there.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Heading(heading) => format!("h{heading:?}"),
            Self::Folder(folder) => format!("f{}", folder.id),
            Self::Chat { session, inside } => format!("{}{}", if *inside { 'i' } else { 'c' }, session.id),
            Self::Empty(folder) => format!("e{folder}"),
            Self::More(shelf) => format!("m{shelf:?}"),
            Self::Waiting(part) => format!("w{part:?}"),
            Self::Failed(part, _) => format!("x{part:?}"),
        }
    }
}

/// Heights in pixels, as the style sheet has them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heights {
    /// A chat, a folder, a word.
    pub row: f64,
    /// A heading.
    pub heading: f64,
}

/// All lines, and where each stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// The lines, from the top.
    pub lines: Vec<Line>,
    /// Where each begins, and where the last ends.
    tops: Vec<f64>,
}

impl Lines {
    /// Lines of these heights.
    #[must_use]
    pub fn of(lines: Vec<Line>, heights: Heights) -> Self {
        let mut tops = vec![0.0];
        for line in &lines {
            let height = if matches!(line, Line::Heading(_)) { heights.heading } else { heights.row };
            tops.push(tops[tops.len() - 1] + height);
        }
        Self { lines, tops }
    }

    /// Whether there is anything but words about what has not come.
    #[must_use]
    pub fn has_rows(&self) -> bool {
        self.lines.iter().any(|line| !matches!(line, Line::Waiting(_) | Line::Failed(..)))
    }

    /// The height of all of them.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.tops[self.lines.len()]
    }

    /// Where a line begins.
    #[must_use]
    pub fn top(&self, line: usize) -> f64 {
        self.tops[line.min(self.lines.len())]
    }

    /// The lines that a box shows which is scrolled to `top`, with as many again above and below.
    #[must_use]
    pub fn seen(&self, top: f64, window: f64) -> Range<usize> {
        let first = self.tops.partition_point(|end| *end <= top - window).saturating_sub(1);
        let last = self.tops.partition_point(|start| *start < top + 2.0 * window);
        first.min(self.lines.len())..last.min(self.lines.len())
    }
}

/// What the list is made of besides its chats.
pub struct Frame<'a> {
    /// The folders, in their order.
    pub folders: &'a [Folder],
    /// Where they stand. Until they are known no chat is taken for one of none.
    pub folders_load: Load,
    /// The folders that are open.
    pub open: &'a [FolderId],
}

/// The lines of the list. `heading` gives the heading of a chat, and the moment with which it begins.
pub fn build(list: &ChatList, frame: &Frame<'_>, heading: impl FnMut(&Session) -> (Heading, String)) -> Vec<Line> {
    let shelves: Vec<_> = list.items().iter().map(|session| Shelf::of(session)).collect();
    let on = |wanted: &Shelf| {
        let pairs = list.items().iter().zip(&shelves);
        pairs
            .filter(|(_, shelf)| shelf.as_ref() == Some(wanted))
            .map(|(session, _)| Arc::clone(session))
            .collect::<Vec<_>>()
    };
    let mut lines = pinned(list, on(&Shelf::Pinned));
    lines.extend(Part::Shelf(Shelf::Pinned).line(list.load(&Shelf::Pinned)));
    lines.extend(Part::Folders.line(Some(&frame.folders_load)));
    if !frame.folders.is_empty() {
        lines.push(Line::Heading(Heading::Folders));
    }
    for folder in frame.folders {
        lines.push(Line::Folder(folder.clone()));
        if frame.open.contains(&folder.id) {
            let shelf = Shelf::Folder(folder.id.clone());
            lines.extend(inside(list, folder, on(&shelf), &shelf));
        }
    }
    let is_loose = |shelf: &Option<Shelf>| match shelf {
        Some(Shelf::Loose) => true,
        // Its folder was removed, and nobody said so of the chat yet.
        Some(Shelf::Folder(id)) => {
            frame.folders_load == Load::Ready && frame.folders.iter().all(|folder| folder.id != *id)
        }
        _ => false,
    };
    let loose = list.items().iter().zip(&shelves).filter(|(_, shelf)| is_loose(shelf)).map(|(session, _)| session);
    lines.extend(dated(loose, heading));
    lines
}

fn pinned(list: &ChatList, mut chats: Vec<Arc<Session>>) -> Vec<Line> {
    if chats.is_empty() {
        return Vec::new();
    }
    chats.sort_by(|a, b| b.pinned_at.cmp(&a.pinned_at));
    let chats = chats.into_iter().map(|session| Line::Chat { session, inside: false });
    let more = list.has_more(&Shelf::Pinned).then_some(Line::More(Shelf::Pinned));
    [Line::Heading(Heading::Pinned)].into_iter().chain(chats).chain(more).collect()
}

fn inside(list: &ChatList, folder: &Folder, chats: Vec<Arc<Session>>, shelf: &Shelf) -> Vec<Line> {
    let is_empty = chats.is_empty() && list.load(shelf) == Some(&Load::Ready);
    let note = Part::Shelf(shelf.clone()).line(list.load(shelf));
    let chats = chats.into_iter().map(|session| Line::Chat { session, inside: true });
    let more = list.has_more(shelf).then(|| Line::More(shelf.clone()));
    chats.chain(is_empty.then(|| Line::Empty(folder.id.clone()))).chain(note).chain(more).collect()
}

/// A heading before the first chat of each group. Chats come in the order of their activity, so the calendar is asked
/// once for each group and not for each chat. While the order is held, a chat may stand under a day that is not its own.
fn dated<'a>(
    chats: impl Iterator<Item = &'a Arc<Session>>,
    mut heading: impl FnMut(&Session) -> (Heading, String),
) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut begins: Option<String> = None;
    for session in chats {
        if begins.as_ref().is_none_or(|begins| session.last_activity_at < *begins) {
            let (heading, start) = heading(session);
            begins = Some(start);
            let heading = Line::Heading(heading);
            if !lines.contains(&heading) {
                lines.push(heading);
            }
        }
        lines.push(Line::Chat { session: Arc::clone(session), inside: false });
    }
    lines
}

/// The archived chats, under no heading.
#[must_use]
pub fn archived(list: &ChatList) -> Vec<Line> {
    let chats = list.items().iter().filter(|session| Shelf::of(session) == Some(Shelf::Archive));
    chats.map(|session| Line::Chat { session: Arc::clone(session), inside: false }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Frame, Heading, Heights, Line, Lines, build};
    use crate::state::chats::tests::{chat, folder, list};
    use crate::state::chats::{ChatList, Shelf};
    use crate::state::load::Load;
    use crate::time::Age;
    use shared::ApiError;
    use shared::chat::Session;

    fn keys(lines: &[Line]) -> String {
        lines.iter().map(Line::key).collect::<Vec<_>>().join(" ")
    }

    fn today(_: &Session) -> (Heading, String) {
        (Heading::Recent(Age::Today), "2026-11-21T00:00:00Z".to_owned())
    }

    #[test]
    fn pinned_chats_stand_above_folders_and_folders_above_days() {
        let pin = |id, at, pinned: &str| Session { pinned_at: Some(pinned.to_owned()), ..chat(id, at) };
        let filed = Session { folder_id: Some("work".into()), ..chat("d", 4) };
        let away = Session { archived_at: Some("2026".into()), ..chat("z", 9) };
        let chats = list(vec![chat("e", 5), filed, pin("c", 3, "2026-01"), pin("b", 2, "2026-02"), away], None);
        let folders = [folder("work"), folder("home")];
        let frame = |open| Frame { folders: &folders, folders_load: Load::Ready, open };
        let open = ["work".into()];
        let lines = build(&chats, &frame(&open), today);
        assert_eq!(keys(&lines), "hPinned cb cc hFolders fwork id fhome hRecent(Today) ce");
        assert_eq!(keys(&build(&chats, &frame(&[]), today)), "hPinned cb cc hFolders fwork fhome hRecent(Today) ce");
    }

    #[test]
    fn a_chat_whose_folder_is_gone_is_not_lost() {
        let chats = list(vec![Session { folder_id: Some("gone".into()), ..chat("a", 1) }], None);
        let frame = |folders_load| Frame { folders: &[], folders_load, open: &[] };
        assert_eq!(keys(&build(&chats, &frame(Load::Waiting), today)), "wFolders");
        assert_eq!(keys(&build(&chats, &frame(Load::Ready), today)), "hRecent(Today) ca");
    }

    #[test]
    fn each_part_says_where_it_would_stand_that_it_has_not_come_or_did_not() {
        let mut chats = list(vec![chat("a", 1)], None);
        let inside = Shelf::Folder("work".into());
        let (folders, open) = ([folder("work")], ["work".into()]);
        let frame = || Frame { folders: &folders, folders_load: Load::Ready, open: &open };
        let lines = |chats: &ChatList| build(chats, &frame(), today);
        chats.asked(&Shelf::Pinned);
        chats.asked(&inside);
        let waiting = "wShelf(Pinned) hFolders fwork wShelf(Folder(FolderId(\"work\"))) hRecent(Today) ca";
        assert_eq!(keys(&lines(&chats)), waiting);
        for shelf in [&Shelf::Pinned, &inside] {
            chats.loaded(shelf, Err(ApiError::default()), &[]);
        }
        let failed = "xShelf(Pinned) hFolders fwork xShelf(Folder(FolderId(\"work\"))) hRecent(Today) ca";
        assert_eq!(keys(&lines(&chats)), failed);
        chats.asked(&inside);
        assert!(keys(&lines(&chats)).contains("wShelf(Folder"), "it is asked for once more");
        let nothing = Frame { folders: &[], folders_load: Load::Failed(ApiError::default()), open: &[] };
        let none = Lines::of(build(&ChatList::default(), &nothing, today), Heights { row: 36.0, heading: 38.0 });
        assert!(keys(&none.lines) == "xFolders" && !none.has_rows());
    }

    #[test]
    fn each_group_has_one_heading_and_asks_the_calendar_once() {
        let mut asked = 0;
        let month = |session: &Session| {
            asked += 1;
            let new = session.last_activity_at.as_str() >= "2026-11-21T10:00:05Z";
            let (heading, start) = if new {
                (Heading::Recent(Age::Today), "2026-11-21T10:00:05Z")
            } else {
                (Heading::Month("May".into()), "2026-11-21T10:00:00Z")
            };
            (heading, start.to_owned())
        };
        let chats = list(vec![chat("d", 8), chat("c", 7), chat("b", 2), chat("a", 1)], None);
        let frame = Frame { folders: &[], folders_load: Load::Ready, open: &[] };
        assert_eq!(keys(&build(&chats, &frame, month)), "hRecent(Today) cd cc hMonth(\"May\") cb ca");
        assert_eq!(asked, 2);
    }

    #[test]
    fn of_ten_thousand_chats_only_those_near_the_screen_are_seen() {
        let chats = (0..10_000).map(|at| Line::More(Shelf::Folder(at.to_string().into())));
        let lines = Lines::of(chats.collect(), Heights { row: 36.0, heading: 38.0 });
        assert_eq!(lines.height(), 360_000.0);
        let seen = lines.seen(180_000.0, 720.0);
        assert_eq!((seen.start, seen.end), (4_980, 5_040));
        assert_eq!(lines.seen(0.0, 720.0), 0..40);
        assert_eq!(lines.seen(360_000.0, 720.0).end, 10_000);
        assert_eq!(Lines::of(Vec::new(), Heights { row: 36.0, heading: 38.0 }).seen(0.0, 720.0), 0..0);
    }
}
