//! What a row of the table of codes is made of.

macro_rules! codes {
    ($($variant:ident $code:literal $status:literal $retry:literal
        en: $en:literal, $en_hint:literal;
        zh: $zh:literal, $zh_hint:literal;)*) => {
        /// A stable error code. The variant's words are the table below.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $code, "`: ", $en)] $variant,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub(super) fn row(self) -> &'static Row {
                match self { $(Self::$variant => {
                    const ROW: Row = Row { code: $code, status: $status, retryable: $retry };
                    &ROW
                })* }
            }

            // Apart from the rest, so that a program that only compares codes has no sentence in it.
            pub(super) fn sentences(self) -> &'static Sentences {
                match self { $(Self::$variant => {
                    const SENTENCES: Sentences = Sentences { en: ($en, $en_hint), zh: ($zh, $zh_hint) };
                    &SENTENCES
                })* }
            }
        }
    };
}

pub(super) use codes;

/// What programs go by.
pub(super) struct Row {
    pub(super) code: &'static str,
    pub(super) status: u16,
    pub(super) retryable: bool,
}

/// What happened, and what to do.
pub(super) struct Sentences {
    pub(super) en: (&'static str, &'static str),
    pub(super) zh: (&'static str, &'static str),
}
