//! The caller as the audit log names them. Handlers of what is written down take it as an argument.

use super::{Client, CurrentUser, device};
use crate::App;
use crate::audit::Actor;
use crate::error::AppError;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use shared::ErrorCode;
use shared::audit::{AuditKey, AuditPerson};
use std::future::{Ready, ready};

impl Actor {
    /// Somebody of whom the network alone is known.
    #[must_use]
    pub fn stranger(client: &Client) -> Self {
        let device = Some(device::name(&client.device)).filter(|name| !name.is_empty());
        Self { address: Some(client.address.to_string()), device, ..Self::default() }
    }

    /// Somebody who is known.
    #[must_use]
    pub fn caller(caller: &CurrentUser, client: &Client) -> Self {
        let person = AuditPerson { id: caller.user.id.clone(), name: caller.user.username.clone() };
        let key = caller.key.as_ref().map(|key| AuditKey { id: key.id.clone(), name: key.name().to_owned() });
        Self { person: Some(person), key, ..Self::stranger(client) }
    }
}

impl FromRequest for Actor {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<CurrentUser>().cloned();
        let app = request.app_data::<web::Data<App>>();
        ready(match (caller, app) {
            (Some(caller), Some(app)) => Ok(Self::caller(&caller, &app.auth.trust().client(request))),
            _ => Err(ErrorCode::AuthRequired.into()),
        })
    }
}
