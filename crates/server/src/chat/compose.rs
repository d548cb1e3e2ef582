//! From what is stored to what is asked: reads the path as far as it fits, puts files in their places, adds what was set
//! for the model. The same for the first request of an answer, for every further one, and for the gauge.

use super::Runs;
use super::context::layers::{Layers, Names, Told};
use super::context::{Fitted, Past, Place, Replay, Room, Window};
use super::{tokenizer, tools};
use crate::auth::CurrentUser;
use crate::catalog::{Resolved, Route};
use crate::db::{messages, sessions};
use crate::error::{AppError, AppResult};
use bytes::Bytes;
use llm::{ChatMessage, CompletionRequest, Content, File, Media, Sampling};
use shared::accounts::User;
use shared::chat::{ContextGauge, SendMessage};
use shared::models::{Effort, Parameters};
use shared::{ErrorCode, MessageId, Part, SessionId, UserId};

/// Messages read at once while the window is filled.
const PATH_PAGE: u32 = 100;
/// What a model is told when its answer is to be continued. It is not stored.
const CONTINUE: &str =
    "Continue your last answer exactly where it stopped. Do not repeat anything, do not comment on the interruption.";
/// Most bytes of text of all documents in one request.
const MAX_DOCUMENT_BYTES: usize = 8 * 1024 * 1024;
/// The least window that a server is asked to open, where it decides that per request.
const LEAST_OPENED: u64 = 8_192;

/// Which conversation, for whom, and how much of it.
pub(super) struct Scope<'a> {
    /// Who asks.
    pub who: &'a User,
    /// Which model.
    pub resolved: &'a Resolved,
    /// Who answers.
    pub route: &'a Route,
    /// How much it reads.
    pub room: Room,
    /// The chat; none while it is being created.
    pub session: Option<&'a SessionId>,
    /// What is wished in every chat of its folder.
    pub folder: Option<&'a str>,
    /// What is wished in this chat.
    pub instructions: Option<&'a str>,
    /// How the path begins at its end.
    pub end: End,
    /// The newest stored message.
    pub from: Option<MessageId>,
    /// What the model has written in a turn that goes on, and where it was asked again.
    pub unfinished: (Vec<Part>, Vec<usize>),
}

/// How the path begins at its end.
pub(super) enum End {
    /// With a message that is not stored yet.
    Given(Past),
    /// With a stored question to be answered, perhaps below an answer that said nothing.
    Question,
    /// With a stored answer to be continued.
    Answer,
    /// With whatever was said last.
    Anything,
}

impl End {
    /// How many messages go in that are not stored.
    fn not_stored(&self) -> usize {
        usize::from(matches!(self, Self::Given(_) | Self::Answer))
    }
}

/// What goes to the model.
pub(super) struct Composed {
    /// The messages.
    pub messages: Vec<ChatMessage>,
    /// Their estimated tokens, before any ratio.
    pub estimate: u64,
    /// Their tokens as the model will count them, as far as that is known.
    pub tokens: u64,
    /// Estimated tokens of the instructions among these.
    pub instructions: u64,
    /// Messages of the path that do not fit.
    pub left_out: u64,
    /// Whether the reader was told before that messages are left out.
    pub trim_told: bool,
    /// Pictures that were left out, if the reader must be told.
    pub files_left_out: usize,
    /// Whether there are pictures, which no two providers count alike.
    pub pictures: bool,
}

/// What the person wishes for this answer, beside what was set for the model.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wishes {
    effort: Option<Effort>,
    web_search: Option<bool>,
}

impl From<&SendMessage> for Wishes {
    fn from(body: &SendMessage) -> Self {
        Self { effort: body.effort, web_search: body.web_search }
    }
}

impl Wishes {
    /// Whether the provider searches the web: what it finds is among what it counts.
    pub(super) fn searches(&self, set: &Parameters) -> bool {
        self.web_search.or(set.web_search).unwrap_or(false)
    }
}

impl Runs {
    /// How much a model reads where it is asked, as far as anybody knows.
    pub(super) fn room(&self, route: &Route) -> Room {
        let told = route.facts.context_window.unwrap_or_else(|| self.settings.context_token_limit());
        let learnt = self.learnt.window(route, self.clock.now());
        let window = learnt.map_or(u64::from(told), |learnt| learnt.min(u64::from(told)));
        self.room_of(route, window, route.token_ratio)
    }

    /// The room of a model with another window or ratio.
    pub(super) fn room_of(&self, route: &Route, window: u64, ratio: f64) -> Room {
        Room::new(window, route.parameters.max_tokens, route.facts.max_output, ratio)
    }

    /// What goes to the model.
    pub(super) async fn compose(&self, scope: Scope<'_>) -> AppResult<Composed> {
        let told = self.told(&scope);
        let owner = scope.who.id.clone();
        let (unfinished, rounds) = scope.unfinished.clone();
        let is_new = matches!(scope.end, End::Given(_));
        let (fitted, left_out) = self.fit(scope, &told).await?;
        let mut replay = Replay::new(told.text);
        for taken in fitted.path {
            replay.take(taken, told.stamps, &self.zone);
        }
        let new = is_new.then(|| replay.messages.len().saturating_sub(1));
        if !unfinished.is_empty() {
            replay.go_on(unfinished, &rounds);
        }
        let pictures = replay.places.iter().any(|place| place.picture);
        self.fill(&owner, &mut replay, new).await?;
        Ok(Composed {
            messages: replay.messages,
            estimate: fitted.estimate,
            tokens: fitted.tokens,
            instructions: fitted.instructions,
            left_out,
            trim_told: fitted.trim_told,
            files_left_out: fitted.pictures_left_out,
            pictures,
        })
    }

    /// How much of a model's context a chat takes, without the message that is being typed.
    ///
    /// # Errors
    /// `chat.not_found`, the model's, and the database's.
    pub async fn gauge(&self, who: &CurrentUser, id: &SessionId, model: Option<&str>) -> AppResult<ContextGauge> {
        let row = sessions::get(self.db.read(), &who.user.id, id).await?.ok_or(ErrorCode::ChatNotFound)?;
        let resolved = self.model(who, row.session.model.as_ref(), model)?.with(row.session.parameters.as_ref());
        let route = &resolved.routes[0];
        let room = self.room(route);
        let scope = Scope {
            who: &who.user,
            resolved: &resolved,
            route,
            room,
            session: Some(id),
            folder: row.folder_instructions.as_deref(),
            instructions: row.session.instructions.as_deref(),
            end: End::Anything,
            from: row.active_leaf,
            unfinished: (Vec::new(), Vec::new()),
        };
        let told = self.told(&scope);
        let (fitted, left_out) = self.fit(scope, &told).await?;
        let (limit, reserved, used, ratio) = (room.window, room.reserved, fitted.tokens, fitted.ratio);
        Ok(ContextGauge { model: resolved.model_id, limit, reserved, used, left_out, ratio })
    }

    fn told(&self, scope: &Scope<'_>) -> Told {
        let everybody = self.settings.system_prompt();
        let (about, folder, chat) = (scope.who.about.as_deref(), scope.folder, scope.instructions);
        let layers = Layers { everybody: &everybody, about, folder, chat };
        layers.tell(Names { user: &scope.who.username, model: &scope.resolved.model })
    }

    /// Fills the model's window from the newest message upwards. Answers, too, how many stored messages do not fit.
    async fn fit(&self, scope: Scope<'_>, told: &Told) -> AppResult<(Fitted, u64)> {
        let sees = scope.route.facts.vision != Some(false);
        let mut window = Window::new(scope.room, told, sees);
        window.go_on(&scope.unfinished.0);
        let not_stored = scope.end.not_stored();
        let mut continues = matches!(scope.end, End::Answer);
        match scope.end {
            End::Given(past) => window.keep(past),
            End::Question => window.keep_next_question(),
            End::Answer | End::Anything => {}
        }
        let (mut next, mut whole) = (scope.from.clone(), true);
        while let (Some(start), Some(session), true) = (&next, scope.session, whole) {
            let page = messages::path(self.db.read(), session, start, PATH_PAGE).await?;
            next = page.last().and_then(|message| message.parent_id.clone());
            let mut page = page.into_iter().map(|message| Past::of(message, &scope.resolved.model));
            if std::mem::take(&mut continues)
                && let Some(answer) = page.next()
            {
                window.continue_answer(CONTINUE, answer, page.next());
            }
            whole = page.all(|past| window.offer(past));
        }
        if let Some((sample, estimate)) = window.sample()
            && let Some(ratio) = tokenizer::ratio(sample, estimate).await
        {
            window.measured(ratio);
        }
        let fitted = window.fit(whole && next.is_none());
        let stored = fitted.path.len().saturating_sub(not_stored) as u64;
        let length = match (scope.session, &scope.from) {
            (Some(session), Some(from)) if !whole || next.is_some() => {
                messages::path_length(self.db.read(), session, from).await?
            }
            _ => fitted.read.saturating_sub(not_stored) as u64,
        };
        Ok((fitted, length.saturating_sub(stored)))
    }

    /// Puts files in their places, the newest first. A line stays where one is gone, and where an older one cannot be
    /// read or is too much; the `new` message goes whole or not at all.
    async fn fill(&self, owner: &UserId, replay: &mut Replay, new: Option<usize>) -> AppResult<()> {
        let mut left = MAX_DOCUMENT_BYTES;
        for Place { message, content, file, picture } in std::mem::take(&mut replay.places).into_iter().rev() {
            let is_new = new == Some(message);
            let id = file.file_id.clone();
            let read = if picture {
                self.files.picture(owner, &id).await.map(|media| media.map(Content::Image))
            } else {
                self.files.text(owner, &id).await.map(|text| text.map(|text| Content::File(document(file.name, text))))
            };
            let filled = match read {
                Ok(filled) => filled,
                Err(error) if is_new => return Err(error),
                Err(error) => {
                    let (file, code) = (id.as_str(), error.code.as_str());
                    tracing::warn!(file, code, cause = ?error.cause, "a file of an older message could not be read");
                    None
                }
            };
            let Some(filled) = filled else { continue };
            if let Content::File(document) = &filled {
                match left.checked_sub(document.media.data.len()) {
                    Some(rest) => left = rest,
                    None if is_new => {
                        let limit = format!("{} MiB", MAX_DOCUMENT_BYTES >> 20);
                        return Err(AppError::new(ErrorCode::MessageTooLong).with("limit", limit));
                    }
                    None => {
                        left = 0;
                        continue;
                    }
                }
            }
            replay.messages[message].content[content] = filled;
        }
        Ok(())
    }
}

/// Whatever it was, what models read of it is Markdown.
fn document(name: String, text: String) -> File {
    File { name, media: Media { media_type: "text/markdown".to_owned(), data: Bytes::from(text) } }
}

/// The request for one route, with what was set for the model there.
pub(super) fn request(route: &Route, wishes: Wishes, room: Room, composed: Composed) -> CompletionRequest {
    let set = &route.parameters;
    CompletionRequest {
        model: route.model.clone(),
        messages: composed.messages,
        tools: tools::offered(),
        sampling: Sampling {
            temperature: set.temperature,
            top_p: set.top_p,
            top_k: set.top_k,
            presence_penalty: set.presence_penalty,
            frequency_penalty: set.frequency_penalty,
            ..Sampling::default()
        },
        max_tokens: limit(set.max_tokens, room),
        answer_room: u32::try_from(answer_room(composed.tokens, room)).ok(),
        context_window: u32::try_from(opened(composed.tokens + room.reserved, room.window)).ok(),
        effort: wishes.effort.or(set.effort),
        web_search: wishes.searches(set),
        extra: set.extra.clone(),
        ..CompletionRequest::default()
    }
}

/// What an answer may be long, where somebody says so: no more than is kept free for it, or a provider that adds both
/// refuses. One that refused is told in any case.
fn limit(set: Option<u32>, room: Room) -> Option<u32> {
    let reserved = u32::try_from(room.reserved).unwrap_or(u32::MAX);
    if room.refused { Some(reserved.max(1)) } else { set.map(|most| most.min(reserved).max(1)) }
}

/// What an answer may be long beside so many tokens, a little less for what an estimate is off.
fn answer_room(tokens: u64, room: Room) -> u64 {
    room.window.saturating_sub(tokens + tokens / 10).max(room.reserved)
}

/// The window to be opened for so many tokens. A large one costs memory, and another one than before makes a server load
/// the model again: so it grows by doubling.
fn opened(tokens: u64, window: u64) -> u64 {
    tokens.max(LEAST_OPENED).checked_next_power_of_two().unwrap_or(window).min(window)
}

#[cfg(test)]
mod tests {
    use super::{Room, answer_room, limit, opened};

    #[test]
    fn a_window_is_opened_by_doubling_up_to_what_the_model_has() {
        assert_eq!([opened(10, 131_072), opened(9_000, 131_072), opened(9_000, 12_000)], [8_192, 16_384, 12_000]);
        assert_eq!([opened(10, 4_096), opened(u64::MAX, 32_000)], [4_096, 32_000]);
    }

    #[test]
    fn what_is_asked_for_is_what_was_kept_free() {
        let room = Room::new(200_000, Some(64_000), None, 1.0);
        assert_eq!((limit(Some(64_000), room), limit(None, room)), (Some(64_000), None));
        let small = Room::new(32_000, Some(64_000), None, 1.0);
        assert_eq!(limit(Some(64_000), small), Some(24_000), "no more than the room that the window has for it");
        let refused = Room { refused: true, ..Room::new(200_000, None, None, 1.0) };
        assert_eq!(limit(None, refused), Some(4_096), "`140000 + 64000 > 200000`");
        let room = Room::new(200_000, None, None, 1.0);
        assert_eq!((answer_room(140_000, room), answer_room(199_000, room)), (46_000, 4_096));
    }
}
