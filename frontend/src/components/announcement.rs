//! What administrators tell everybody, above the chat. It is plain text: nothing in it is a link or a picture.

use crate::components::ui::{Glyph, Icon, IconButton};
use crate::i18n::{announcement as words, t};
use crate::reactive::{draw, memo};
use crate::state::account::use_account;
use crate::storage;
use leptos::prelude::*;
use shared::settings::{Announcement, TONE_WARNING};

/// What this browser closed last.
const CLOSED: &str = "aichat.announcement";

/// The announcement, unless there is none or the person closed it.
#[component]
pub fn AnnouncementBanner() -> AnyView {
    let account = use_account();
    let closed = RwSignal::new(storage::read(CLOSED));
    let shown = memo(move || account.announcement.get().filter(|news| is_seen(news, closed.get().as_deref())));
    let close = move |mark: String| {
        storage::write(CLOSED, &mark);
        closed.set(Some(mark));
    };
    let body = move || {
        shown.get().map(|news| {
            let (warns, mark) = (news.tone == TONE_WARNING, news.mark.clone());
            view! {
                <div class="announcement" class:announcement-warning=warns>
                    <Icon glyph=if warns { Glyph::CircleAlert } else { Glyph::Info }/>
                    <p>{news.text}</p>
                    {news.dismissible.then(|| view! {
                        <IconButton name=t(words::CLOSE) glyph=Glyph::X on_press=move || close(mark.clone())/>
                    })}
                </div>
            }
        })
    };
    // The place is always there, so that what appears in it is read aloud.
    view! { <div class="announcement-place" role="status" aria-label=t(words::ANNOUNCEMENT)>{draw(body)}</div> }
        .into_any()
}

/// Whether an announcement is shown to somebody who closed that one last.
fn is_seen(news: &Announcement, closed: Option<&str>) -> bool {
    news.is_up() && !(news.dismissible && closed == Some(news.mark.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_closed_comes_back_when_it_changes_or_may_not_be_closed() {
        let news = Announcement {
            shown: true,
            text: "Down at noon".to_owned(),
            tone: "info".to_owned(),
            dismissible: true,
            mark: "one".to_owned(),
        };
        assert!(is_seen(&news, None) && is_seen(&news, Some("before")));
        assert!(!is_seen(&news, Some("one")));
        assert!(is_seen(&Announcement { dismissible: false, ..news.clone() }, Some("one")));
        assert!(!is_seen(&Announcement { shown: false, ..news.clone() }, None));
        assert!(!is_seen(&Announcement { text: String::new(), ..news }, None));
    }
}
