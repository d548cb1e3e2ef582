//! The files above the text: what each is, how far it got, and why it did not come, with the way out beside it.

use crate::amounts::{bytes, grouped};
use crate::components::ui::{Glyph, Icon, IconButton};
use crate::dom;
use crate::i18n::{chat, composer as words, error_hint, error_message, fill, say, t};
use crate::later::{Part, when};
use crate::pictures;
use crate::reactive::{draw, list, memo};
use crate::sentences;
use crate::state::composer::Composer;
use crate::state::composer::attachments::{Attachment, Attachments, Stage};
use crate::state::composer::files::Files;
use leptos::html;
use leptos::prelude::*;
use shared::ApiError;
use shared::files::FileInfo;
use wasm_split_helpers::wasm_split;

/// The files beside the text; fetched with the first of them.
#[component]
pub fn Chips(
    /// Where they are kept, and what takes the focus when the last one is taken away.
    composer: Composer,
) -> AnyView {
    let any = move || composer.files.shown.with(|files| !files.is_empty() || files.refused.is_some());
    when(any, || Box::pin(chips_part()), composer)
}

#[wasm_split(more, fallible)]
fn chips_part() -> Part<Composer> {
    sentences::bring();
    Ok(chips)
}

fn chips(composer: Composer) -> AnyView {
    let files = composer.files;
    let node = NodeRef::<html::Ul>::new();
    let keys =
        move || files.shown.with(|files| files.items.iter().map(|item| item.key.to_string()).collect::<Vec<_>>());
    let row = move |key: String| view! { <Chip composer key=key.parse().unwrap_or_default() node/> }.into_any();
    let empty = memo(move || files.shown.with(Attachments::is_empty));
    let refused = move || {
        let words = sentence(&files.shown.with(|files| files.refused.clone())?);
        Some(view! { <p class="composer-reason" role="alert">{words}</p> })
    };
    let news = memo(move || {
        files.shown.with(|files| match files.items.len() {
            0 => String::new(),
            _ if files.is_sending() => say(chat::FILES_SENDING).to_owned(),
            count => fill(chat::FILES_HERE, &[("count", &count.to_string())]),
        })
    });
    view! {
        <ul node_ref=node class="attachments" aria-label=t(chat::ATTACHED) hidden=move || empty.get()>{list(keys, row)}</ul>
        <span class="visually-hidden" role="status">{move || news.get()}</span>
        {draw(refused)}
    }
    .into_any()
}

/// One file.
#[component]
fn Chip(composer: Composer, key: u64, node: NodeRef<html::Ul>) -> AnyView {
    let (files, focus) = (composer.files, composer.focus);
    // A file that is about to leave keeps what it was.
    let item = Memo::new(move |before: Option<&Option<Attachment>>| {
        files
            .shown
            .with(|files| files.items.iter().find(|item| item.key == key).cloned())
            .or_else(|| before.cloned()?)
    });
    let read = move |read: fn(&Attachment) -> bool| move || item.with(|item| item.as_ref().is_some_and(read));
    let name = memo(move || item.with(|item| item.as_ref().map(|item| item.name.clone()).unwrap_or_default()));
    let about = memo(move || item.with(|item| item.as_ref().map(about).unwrap_or_default()));
    let failed = memo(read(|item| matches!(item.stage, Stage::Failed(_))));
    let may_retry = memo(read(Attachment::may_retry));
    let remove = move || {
        let place = files.shown.with_untracked(|files| files.items.iter().position(|item| item.key == key));
        files.remove(key);
        request_animation_frame(move || refocus(node, place.unwrap_or_default(), focus));
    };
    let again = move || {
        let retry = move || files.retry(key);
        let name = move || fill(chat::RETRY_FILE, &[("name", &name.get())]);
        may_retry.get().then(|| view! { <IconButton name glyph=Glyph::RotateCw on_press=retry/> })
    };
    let is_text = memo(read(Attachment::is_text));
    let as_text = move || {
        let name = move || fill(words::AS_TEXT, &[("name", &name.get())]);
        is_text.get().then(|| {
            view! { <IconButton name glyph=Glyph::TextCursor on_press=move || composer.turn_into_text(key)/> }
        })
    };
    view! {
        <li class="attached" class:failed=move || failed.get()>
            <Sign files item/>
            <span class="attached-words">
                <span class="attached-name">{move || name.get()}</span>
                <span class="attached-about" role=move || failed.get().then_some("alert")>{move || about.get()}</span>
            </span>
            {draw(again)}
            {draw(as_text)}
            <IconButton name=move || fill(chat::REMOVE_FILE, &[("name", &name.get())]) glyph=Glyph::X on_press=remove/>
            <Bar item name/>
        </li>
    }
    .into_any()
}

/// The focus goes on to the file that stands where this one was.
fn refocus(node: NodeRef<html::Ul>, place: usize, focus: Trigger) {
    let buttons =
        node.get_untracked().map(|list| dom::all(&list, ".attached > button:last-of-type")).unwrap_or_default();
    match buttons.get(place).or(buttons.last()) {
        Some(button) => dom::focus(button),
        None => focus.notify(),
    }
}

/// How far a file is.
#[component]
fn Bar(item: Memo<Option<Attachment>>, name: Memo<String>) -> AnyView {
    let share = memo(move || {
        item.with(|item| match item.as_ref().map(|item| &item.stage) {
            Some(Stage::Sending(share)) => Some(*share),
            _ => None,
        })
    });
    let sends = memo(move || share.with(Option::is_some));
    let share = move || share.get().unwrap_or_default();
    let body = move || {
        sends.get().then(|| {
            view! {
                <span class="attached-bar" role="progressbar" aria-valuenow=move || share().to_string() aria-label=move || name.get()>
                    <span style=move || format!("width:{}%", share())></span>
                </span>
            }
        })
    };
    draw(body)
}

/// The picture itself, or the sign of what it is.
#[component]
fn Sign(files: Files, item: Memo<Option<Attachment>>) -> AnyView {
    let broken = RwSignal::new(false);
    let is_picture = memo(move || item.with(|item| item.as_ref().is_some_and(|item| item.is_picture)));
    let source = memo(move || {
        item.with(|item| {
            let item = item.as_ref().filter(|item| item.is_picture)?;
            item.info().map(|info| pictures::address(&info.id)).or_else(|| files.preview(item.key))
        })
    });
    let body = move || match source.get().filter(|_| !broken.get()) {
        Some(source) => {
            view! { <img class="attached-sign" src=source alt="" on:error=move |_| broken.set(true)/> }.into_any()
        }
        None => {
            let glyph = if is_picture.get() { Glyph::Image } else { Glyph::FileText };
            view! { <span class="attached-sign"><Icon glyph/></span> }.into_any()
        }
    };
    draw(body)
}

/// The line below the name; tracked by language.
fn about(item: &Attachment) -> String {
    match &item.stage {
        Stage::Sending(100) => say(chat::READING_FILE).to_owned(),
        Stage::Sending(share) => fill(chat::SENDING_FILE, &[("share", &share.to_string())]),
        Stage::Here(info) => facts(info),
        Stage::Failed(error) => sentence(error),
    }
}

/// What happened and what to do, in one line; tracked by language.
fn sentence(error: &ApiError) -> String {
    let hint = error_hint(error).map(|hint| format!(" {hint}")).unwrap_or_default();
    error_message(error).replace('`', "") + &hint.replace('`', "")
}

/// What a file is and what it takes; tracked by language.
#[must_use]
pub fn facts(info: &FileInfo) -> String {
    let count = |text, count| fill(text, &[("count", &grouped(count))]);
    let words = [
        (info.tokens > 0).then(|| count(chat::FILE_TOKENS, info.tokens)),
        info.characters.map(|characters| count(chat::FILE_CHARACTERS, characters)),
        Some(bytes(info.size)),
        info.cut.then(|| say(chat::FILE_CUT).to_owned()),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
