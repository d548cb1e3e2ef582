//! What can be asked of a code.

use super::{ErrorCode, Language, Params, fill};

impl ErrorCode {
    /// The code as it stands on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().code
    }

    /// The code with this name.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == code)
    }

    /// The HTTP status it answers with (200 for notices, which are no failures).
    #[must_use]
    pub fn status(self) -> u16 {
        self.row().status
    }

    /// Whether the same request may succeed when it is sent again.
    #[must_use]
    pub fn retryable(self) -> bool {
        self.row().retryable
    }

    /// Whether somebody answered, though not as a provider does at this path: it lives at another one, or lacks what was
    /// asked for. Other faults (no network, a wrong key) would be the same for every spelling of the address, or prove
    /// that this one is right.
    #[must_use]
    pub fn is_elsewhere(self) -> bool {
        matches!(
            self,
            Self::ProviderNotFound
                | Self::ProviderNotAStream
                | Self::ProviderMalformed
                | Self::ProviderRedirected
                | Self::ProviderModelNotFound
                | Self::ProviderInvalidRequest
        )
    }

    /// What happened, with `params` filled in; see [`super::fill`].
    #[must_use]
    pub fn message(self, language: Language, params: &Params) -> String {
        fill(self.words(language).0, params)
    }

    /// What to do, with `params` filled in.
    #[must_use]
    pub fn hint(self, language: Language, params: &Params) -> Option<String> {
        let hint = self.words(language).1;
        (!hint.is_empty()).then(|| fill(hint, params))
    }

    /// What happened and what to do, with the `{placeholders}` of values; the second may be empty.
    #[must_use]
    pub fn words(self, language: Language) -> (&'static str, &'static str) {
        match language {
            Language::En => self.sentences().en,
            Language::ZhCn => self.sentences().zh,
        }
    }
}
