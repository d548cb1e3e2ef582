//! How a connection stands, in words: its list of models and its keys. Tracks the language; asks nobody.

use crate::components::connect::fields::protocol_words;
use crate::i18n::{connections as words, error_message, fill, language, say};
use crate::time;
use shared::ApiError;
use shared::connections::{Connection, ConnectionKey, Protocol};

/// What it speaks, where it is, and what it has; one part after the other.
#[must_use]
pub fn facts(connection: &Connection) -> String {
    if connection.protocol == Protocol::Demo {
        return say(words::DEMO_NOTE).to_owned();
    }
    [say(protocol_words(connection.protocol)).to_owned(), connection.base_url.clone()].join(" · ")
}

/// How many models it has, and how old the list is.
#[must_use]
pub fn list(connection: &Connection) -> Option<String> {
    if connection.protocol == Protocol::Demo {
        return None;
    }
    let (count, shown) = (connection.list.count, connection.list.shown);
    let models = words::model_count(count);
    let models = if shown == count {
        models
    } else {
        fill(words::SHOWN_OF, &[("shown", &shown.to_string()), ("models", &models)])
    };
    let age = match &connection.list.fetched_at {
        _ if connection.list.typed => Some(say(words::TYPED).to_owned()),
        Some(at) => Some(fill(words::FETCHED, &[("ago", &time::ago(at, language()))])),
        None => None,
    };
    Some([Some(models), age].into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// Why the list could not be fetched since then.
#[must_use]
pub fn list_trouble(connection: &Connection) -> Option<String> {
    let error = connection.list.error.as_ref()?;
    let ago = connection.list.failed_at.as_ref().map(|at| time::ago(at, language())).unwrap_or_default();
    Some(fill(words::REFRESH_FAILED, &[("ago", &ago), ("reason", &error_message(error))]))
}

/// How a key has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStand {
    /// It is not used.
    Off,
    /// It is left alone.
    Rests,
    /// It answered.
    Works,
    /// Nothing is known.
    Unknown,
}

/// How this key has done.
#[must_use]
pub fn key_stand(key: &ConnectionKey) -> KeyStand {
    match &key.state {
        _ if !key.enabled => KeyStand::Off,
        state if state.code.is_some() => KeyStand::Rests,
        state if state.worked_at.is_some() => KeyStand::Works,
        _ => KeyStand::Unknown,
    }
}

/// The same in words.
#[must_use]
pub fn key_words(key: &ConnectionKey) -> String {
    let reason = || {
        let error = ApiError { code: key.state.code.clone().unwrap_or_default(), ..ApiError::default() };
        error_message(&error)
    };
    match (key_stand(key), &key.state.until) {
        (KeyStand::Off, _) => say(words::KEY_OFF).to_owned(),
        (KeyStand::Works, _) => say(words::KEY_WORKS).to_owned(),
        (KeyStand::Unknown, _) => say(words::KEY_UNUSED).to_owned(),
        (KeyStand::Rests, Some(until)) => {
            let time = time::clock(until, language());
            fill(words::KEY_RESTS, &[("time", &time), ("reason", &reason())])
        }
        (KeyStand::Rests, None) => fill(words::KEY_REFUSED, &[("reason", &reason())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::set_language;
    use shared::connections::KeyState;
    use shared::error::Language;

    fn key(enabled: bool, state: KeyState) -> ConnectionKey {
        ConnectionKey { id: "k".into(), label: String::new(), enabled, models: Vec::new(), state }
    }

    fn state(code: Option<&str>, worked: bool) -> KeyState {
        KeyState {
            code: code.map(str::to_owned),
            until: None,
            worked_at: worked.then(|| "2026-01-01T00:00:00Z".to_owned()),
        }
    }

    #[test]
    fn a_key_that_was_refused_says_why_also_when_it_worked_before() {
        set_language(Language::En);
        let refused = key(true, state(Some("provider.unauthorized"), true));
        assert_eq!(key_stand(&refused), KeyStand::Rests);
        let words = key_words(&refused);
        assert!(words.starts_with("left alone: ") && words.contains("key"), "{words}");
    }

    #[test]
    fn a_key_that_is_off_is_nothing_else() {
        assert_eq!(key_stand(&key(false, state(Some("provider.balance"), true))), KeyStand::Off);
        assert_eq!(key_stand(&key(true, state(None, true))), KeyStand::Works);
        assert_eq!(key_stand(&key(true, state(None, false))), KeyStand::Unknown);
    }
}
