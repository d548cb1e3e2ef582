//! Identifiers. All are UUIDv7 in text form and opaque to everyone but the server that made them.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as it stands on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self(value)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.to_owned())
            }
        }
    )*};
}

id! {
    /// A person with an account.
    UserId;
    /// A login: one device of one person (`sid` of the access token).
    LoginId;
    /// A key of a program, which stands for its person as a login does.
    ApiKeyId;
    /// An invitation to have an account.
    InvitationId;
    /// A service through which people may sign in.
    ProviderId;
    /// What links a person to such a service.
    IdentityId;
    /// A chat. On the wire chats are called sessions (`/api/sessions`).
    SessionId;
    /// A folder of chats.
    FolderId;
    /// One message of a chat's tree.
    MessageId;
    /// One generation of an answer.
    RunId;
    /// An endpoint of a model provider.
    ConnectionId;
    /// A key of a connection.
    KeyId;
    /// A picture or document that somebody attached.
    FileId;
    /// A model of one connection.
    ModelId;
    /// A rule about how much may be used.
    BudgetId;
    /// The trace of one answer.
    TraceId;
    /// One HTTP request, from the edge to the log line.
    RequestId;
}
