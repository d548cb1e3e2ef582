//! What a model is told ahead of the conversation: by everybody's administrator, by the person, by the
//! folder that the chat lies in, by the chat.
//!
//! The text must be the same for every message of a chat, or no provider could keep the beginning of the conversation in
//! its cache. So a date in it becomes a phrase that points at the questions, each of which carries its own.

use super::Stamps;

/// The layers, each empty or absent when there is nothing to say. A later one wins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layers<'a> {
    /// What every model is told in every chat.
    pub everybody: &'a str,
    /// What the person says about themselves.
    pub about: Option<&'a str>,
    /// What is wished in every chat of its folder.
    pub folder: Option<&'a str>,
    /// What is wished in this chat.
    pub chat: Option<&'a str>,
}

/// What goes into their places.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The person's name.
    pub user: &'a str,
    /// The model's name.
    pub model: &'a str,
}

/// The text for the model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The text; empty when there is nothing to say.
    pub text: String,
    /// What each question has to tell of its moment.
    pub stamps: Stamps,
}

#[derive(Clone, Copy, PartialEq)]
enum Layer {
    Everybody,
    About,
    Folder,
    Chat,
}

impl Layer {
    fn heading(self) -> &'static str {
        match self {
            Self::Everybody => "# General instructions",
            Self::About => "# What the person you talk with says about themselves and their wishes",
            Self::Folder => "# Instructions for the folder of this conversation",
            Self::Chat => "# Instructions for this conversation",
        }
    }
}

/// Says which one wins, where there are several.
const ORDER: &str = "Where these instructions contradict each other, the later ones win.";

impl Layers<'_> {
    /// Puts the layers together and fills in their variables.
    #[must_use]
    pub fn tell(&self, names: Names<'_>) -> Told {
        let layers = [
            (Layer::Everybody, Some(self.everybody)),
            (Layer::About, self.about),
            (Layer::Folder, self.folder),
            (Layer::Chat, self.chat),
        ];
        let said = layers.into_iter().filter_map(|(layer, text)| Some((layer, text?.trim())));
        let present: Vec<(Layer, &str)> = said.filter(|(_, text)| !text.is_empty()).collect();
        let mut told = Told::default();
        for (layer, text) in &present {
            let filled = fill(text, names, &mut told.stamps);
            if !told.text.is_empty() {
                told.text.push_str("\n\n");
            }
            // Words about a person would be taken for words about the model; the others speak for themselves.
            if present.len() > 1 || *layer == Layer::About {
                told.text.push_str(layer.heading());
                told.text.push_str("\n\n");
            }
            told.text.push_str(&filled);
        }
        if present.len() > 1 {
            told.text.push_str("\n\n");
            told.text.push_str(ORDER);
        }
        told
    }
}

/// Fills in `{{name}}`; what is no variable of ours stays as it is. What was filled in is not looked at again.
fn fill(text: &str, names: Names<'_>, stamps: &mut Stamps) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once("{{") {
        out.push_str(before);
        let value = tail.split_once("}}").and_then(|(name, after)| Some((value(name.trim(), names, stamps)?, after)));
        match value {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push_str("{{");
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

fn value<'a>(name: &str, names: Names<'a>, stamps: &mut Stamps) -> Option<&'a str> {
    match name {
        "user" => return Some(names.user),
        "model" => return Some(names.model),
        "date" => stamps.date = true,
        "time" => stamps.time = true,
        "weekday" => stamps.weekday = true,
        _ => return None,
    }
    Some(match name {
        "date" => "(the date given with the last message)",
        "time" => "(the time given with the last message)",
        _ => "(the weekday given with the last message)",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names<'_> = Names { user: "ada {{model}}", model: "m-1" };

    #[test]
    fn one_layer_is_told_as_it_is_and_several_in_order_with_who_wins() {
        assert_eq!(Layers::default().tell(NAMES), Told::default());
        let only = Layers { everybody: " Be brief.\n", about: Some(" \n"), ..Layers::default() };
        assert_eq!(only.tell(NAMES).text, "Be brief.");
        let about = Layers { about: Some("I am a nurse."), ..Layers::default() };
        assert!(about.tell(NAMES).text.starts_with("# What the person"), "or the model would be the nurse");
        let (about, folder, chat) = (Some("I am a nurse."), Some("Name sources."), Some("Speak Latin."));
        let all = Layers { everybody: "Be brief.", about, folder, chat };
        let told = all.tell(NAMES).text;
        let places: Vec<_> =
            ["Be brief.", "I am a nurse.", "Name sources.", "Speak Latin.", ORDER].map(|text| told.find(text)).into();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{told}");
    }

    #[test]
    fn variables_are_filled_in_once_and_moments_are_left_to_the_questions() {
        let everybody = "I am {{model}} for {{ user }}. {{nonsense}} {{ {{date}}";
        let told = Layers { everybody, ..Layers::default() }.tell(NAMES);
        let date = "(the date given with the last message)";
        assert_eq!(told.text, format!("I am m-1 for ada {{{{model}}}}. {{{{nonsense}}}} {{{{ {date}"));
        assert_eq!(told.stamps, Stamps { date: true, ..Stamps::default() });
    }
}
