//! `aichat doctor` for administrators who have no shell there.

use crate::App;
use crate::doctor;
use crate::error::AppResult;
use actix_web::web;
use shared::diagnosis::{Diagnose, Diagnosis};
use tokio::sync::Mutex;

/// One at a time: a look reads the whole database and asks every connection.
static TURN: Mutex<()> = Mutex::const_new(());

/// `POST /api/diagnosis`: looks at the installation, at `PUBLIC_URL` for the way in, and names what is wrong. Each connection is
/// really asked, which costs a few tokens.
pub async fn diagnose(app: web::Data<App>, body: web::Json<Diagnose>) -> AppResult<web::Json<Diagnosis>> {
    let _turn = TURN.lock().await;
    let report = doctor::examine(&app.config, None).await;
    Ok(web::Json(report.told(body.language)))
}
