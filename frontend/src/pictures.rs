//! Pictures that this tab has itself: what was just attached is drawn from memory, not fetched back. A few of the last;
//! an older one is fetched like any other.

use shared::FileId;
use std::cell::RefCell;
use std::collections::VecDeque;

/// How many are remembered.
const MOST: usize = 40;

thread_local! {
    static KEPT: RefCell<VecDeque<(FileId, String)>> = const { RefCell::new(VecDeque::new()) };
}

/// Where a picture is: in this tab if it is remembered, else at the server.
#[must_use]
pub fn address(id: &FileId) -> String {
    let kept = KEPT.with_borrow(|kept| kept.iter().find(|(known, _)| known == id).map(|(_, url)| url.clone()));
    kept.unwrap_or_else(|| crate::api::files::address(id))
}

/// Remembers the address that this tab gave a file. The oldest gives way.
pub fn keep(id: FileId, url: String) {
    KEPT.with_borrow_mut(|kept| {
        kept.push_back((id, url));
        if kept.len() > MOST
            && let Some((_, oldest)) = kept.pop_front()
        {
            forget(&oldest);
        }
    });
}

/// Gives the memory behind an address back.
pub fn forget(url: &str) {
    // Fails for no address that this program made.
    let _ = web_sys::Url::revoke_object_url(url);
}
