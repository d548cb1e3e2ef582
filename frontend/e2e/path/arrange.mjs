// Ways to a screen that many screens share. Each ends when the screen is complete.

/// Comes back when the screen was drawn.
export const settled = (visitor) =>
  visitor.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/// Opens a stored chat and waits for its end.
export const chatOf = (name, ready = ".actions button") => async (visitor, { chats }) => {
  await visitor.page.goto(chats[name]);
  await visitor.page.locator(ready).last().waitFor();
  await visitor.page.locator(".head-title span").first().waitFor();
};

/// Opens an address and waits for what it is about.
export const page = (address, ready) => async (visitor) => {
  await visitor.page.goto(address);
  await visitor.page.locator(ready).first().waitFor();
};

/// Chooses something from the menu of the open chat's title.
export async function ofChat({ chat, page }, action) {
  await chat.press(page.locator("button.head-title"));
  await chat.press(page.getByRole("menuitem", { name: action, exact: true }));
}

/// Chooses something from the rest of the last answer's actions.
export async function ofAnswer({ chat, page, words }, action) {
  await chat.press(chat.button(words.messages.MORE, chat.last));
  await chat.press(page.getByRole("menuitem", { name: action, exact: true }));
}
