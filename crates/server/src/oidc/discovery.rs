//! What a service says of itself (OpenID Connect Discovery 1.0), and how its addresses are reached. Pure.

use super::trimmed;
use crate::db::providers::ProviderRow;
use serde::Deserialize;
use url::Url;

/// The document, as far as it is used.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// A document that was checked, with addresses as this server reaches them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Its name in tokens.
    pub(super) issuer: String,
    /// Where browsers go.
    pub(super) authorization: Url,
    pub(super) token: String,
    pub(super) keys: String,
    pub(super) userinfo: Option<String>,
    /// Whether it takes the secret in the body alone.
    pub(super) secret_in_body: bool,
}

/// Where the document is.
pub(super) fn address(provider: &ProviderRow) -> String {
    let base = provider.terms.internal_url.as_deref().unwrap_or(&provider.issuer);
    format!("{base}/.well-known/openid-configuration")
}

impl Document {
    /// Checks the document.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub(super) fn check(self, provider: &ProviderRow) -> Result<Found, String> {
        let internal = provider.terms.internal_url.as_deref();
        let named = trimmed(&self.issuer);
        // Behind two addresses some services call themselves by the one that they were asked at.
        if named != provider.issuer && Some(named) != internal {
            return Err(format!("it calls itself `{named}`, not `{}`", provider.issuer));
        }
        let outward = |address: &str| match internal.and_then(|internal| address.strip_prefix(internal)) {
            Some(rest) => format!("{}{rest}", provider.issuer),
            None => address.to_owned(),
        };
        let inward = |address: &str| match internal.zip(address.strip_prefix(&provider.issuer)) {
            Some((internal, rest)) => format!("{internal}{rest}"),
            None => address.to_owned(),
        };
        let authorization = outward(&self.authorization_endpoint);
        let authorization = Url::parse(&authorization).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let methods = self.token_endpoint_auth_methods_supported.unwrap_or_default();
        let takes = |method: &str| methods.iter().any(|known| known == method);
        Ok(Found {
            authorization: authorization.ok_or("its `authorization_endpoint` is no address")?,
            token: inward(&self.token_endpoint),
            keys: inward(&self.jwks_uri),
            userinfo: self.userinfo_endpoint.as_deref().map(inward),
            secret_in_body: takes("client_secret_post") && !takes("client_secret_basic"),
            issuer: named.to_owned(),
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::db::providers::Terms;
    use serde_json::json;
    use shared::oidc::AccountCreation;

    pub(crate) fn provider(issuer: &str, internal: Option<&str>) -> ProviderRow {
        let terms = Terms {
            name: "Casdoor".to_owned(),
            internal_url: internal.map(str::to_owned),
            client_id: "aichat".to_owned(),
            scopes: vec!["openid".to_owned()],
            creation: AccountCreation::Pending,
            admin: None,
            enabled: true,
        };
        ProviderRow { id: "p".into(), issuer: issuer.to_owned(), sealed: None, created_at: 0, terms }
    }

    fn document(base: &str) -> Document {
        serde_json::from_value(json!({
            "issuer": format!("{base}/"), "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"), "jwks_uri": format!("{base}/jwks"),
            "userinfo_endpoint": format!("{base}/userinfo"), "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }))
        .expect("a document")
    }

    #[test]
    fn a_service_has_the_name_that_the_administrator_gave() {
        let found = document("https://id.example").check(&provider("https://id.example", None)).expect("fine");
        assert_eq!((found.issuer.as_str(), found.token.as_str()), ("https://id.example", "https://id.example/token"));
        assert!(found.secret_in_body);
        let other = document("https://evil.example").check(&provider("https://id.example", None));
        assert!(other.expect_err("another name").contains("evil.example"));
    }

    #[test]
    fn behind_two_addresses_browsers_get_one_and_the_server_the_other() {
        let provider = provider("https://id.example", Some("http://casdoor:8000"));
        assert_eq!(address(&provider), "http://casdoor:8000/.well-known/openid-configuration");
        for named in ["https://id.example", "http://casdoor:8000"] {
            let found = document(named).check(&provider).expect("fine");
            assert_eq!(found.authorization.as_str(), "https://id.example/authorize", "{named}");
            assert_eq!(found.token, "http://casdoor:8000/token", "{named}");
            assert_eq!(
                (found.keys.as_str(), found.userinfo.as_deref()),
                ("http://casdoor:8000/jwks", Some("http://casdoor:8000/userinfo"))
            );
        }
    }
}
