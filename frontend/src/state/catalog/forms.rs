//! How a model is asked beside chats, as a form: what stands in its fields, and what is sent of them. Pure.

use shared::interfaces::{Gap, Interfaces, MAX_STOPS, MAX_TEMPLATE_BYTES, PREFIX, RankingForm, SUFFIX};
use shared::limits::MAX_NAME_CHARS;

/// A server that takes a `suffix`.
pub const NATIVE: &str = "native";
/// Marks in one prompt.
pub const TEMPLATE: &str = "template";
/// No gaps.
pub const NONE: &str = "none";

const RANKINGS: [(&str, RankingForm); 3] =
    [("standard", RankingForm::Standard), ("plural", RankingForm::Plural), ("texts", RankingForm::Texts)];

/// What stands in the fields. An empty choice follows from the model's name and the provider's address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forms {
    /// How it fills a gap.
    pub gap: String,
    /// The prompt with both marks.
    pub template: String,
    /// What ends the answer, one in each line.
    pub stops: String,
    /// How it is asked for a ranking.
    pub ranking: String,
}

impl From<&Interfaces> for Forms {
    fn from(stored: &Interfaces) -> Self {
        let (gap, template, stops) = match &stored.completion {
            None => ("", "", Vec::new()),
            Some(Gap::Native) => (NATIVE, "", Vec::new()),
            Some(Gap::None) => (NONE, "", Vec::new()),
            Some(Gap::Template { template, stop }) => {
                (TEMPLATE, template.as_str(), stop.iter().map(|stop| written(stop)).collect())
            }
        };
        let ranking = RANKINGS.iter().find(|(_, form)| stored.ranking == Some(*form)).map_or("", |(name, _)| *name);
        Self {
            gap: gap.to_owned(),
            template: template.to_owned(),
            stops: stops.join("\n"),
            ranking: ranking.to_owned(),
        }
    }
}

impl Forms {
    /// Whether the prompt has each mark once.
    #[must_use]
    pub fn has_marks(&self) -> bool {
        let once = |mark| self.template.matches(mark).count() == 1;
        self.template.len() <= MAX_TEMPLATE_BYTES && once(PREFIX) && once(SUFFIX)
    }

    /// Whether what ends the answer can be taken.
    #[must_use]
    pub fn has_stops(&self) -> bool {
        let stops = self.listed();
        stops.len() <= MAX_STOPS && stops.iter().all(|stop| stop.len() <= MAX_NAME_CHARS)
    }

    /// What is sent; none where a rule is broken.
    #[must_use]
    pub fn interfaces(&self) -> Option<Interfaces> {
        let completion = match self.gap.as_str() {
            NATIVE => Some(Gap::Native),
            NONE => Some(Gap::None),
            TEMPLATE if self.has_marks() && self.has_stops() => {
                Some(Gap::Template { template: self.template.clone(), stop: self.listed() })
            }
            TEMPLATE => return None,
            _ => None,
        };
        let ranking = RANKINGS.iter().find(|(name, _)| *name == self.ranking).map(|(_, form)| *form);
        Some(Interfaces { completion, ranking })
    }

    fn listed(&self) -> Vec<String> {
        self.stops.lines().filter(|line| !line.is_empty()).map(meant).collect()
    }
}

/// A text in one line: its own lines and tabs as programs write them.
fn written(stop: &str) -> String {
    stop.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t")
}

/// What such a line means.
fn meant(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('\\') | None => out.push('\\'),
            Some(other) => out.extend(['\\', other]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(template: &str, stops: &str) -> Forms {
        Forms { gap: TEMPLATE.into(), template: template.into(), stops: stops.into(), ranking: String::new() }
    }

    #[test]
    fn every_form_survives_the_fields() {
        let gaps = [
            None,
            Some(Gap::Native),
            Some(Gap::None),
            Some(Gap::Template {
                template: "<P>{prefix}<S>{suffix}\n<M>".into(),
                stop: vec!["<end>".into(), "\n\n".into(), "a\\nb\t".into()],
            }),
        ];
        let rankings = [None, Some(RankingForm::Standard), Some(RankingForm::Plural), Some(RankingForm::Texts)];
        for (completion, ranking) in gaps.into_iter().zip(rankings) {
            let stored = Interfaces { completion, ranking };
            assert_eq!(Forms::from(&stored).interfaces(), Some(stored));
        }
    }

    #[test]
    fn a_prompt_without_each_mark_once_is_none() {
        for bad in ["", "{prefix}", "{suffix}", "{prefix}{suffix}{suffix}"] {
            assert_eq!(template(bad, "").interfaces(), None, "{bad}");
        }
        let long = format!("{{prefix}}{{suffix}}{}", "x".repeat(MAX_TEMPLATE_BYTES));
        assert!(template(&long, "").interfaces().is_none());
        assert!(template("{suffix}{prefix}", "").interfaces().is_some());
    }

    #[test]
    fn stops_are_few_and_short() {
        assert!(template("{prefix}{suffix}", &"x\n".repeat(MAX_STOPS)).has_stops());
        assert!(!template("{prefix}{suffix}", &"x\n".repeat(MAX_STOPS + 1)).has_stops());
        assert!(!template("{prefix}{suffix}", &"x".repeat(MAX_NAME_CHARS + 1)).has_stops());
        // What nobody chose is no obstacle.
        assert!(Forms { template: "{prefix}".into(), ..Forms::default() }.interfaces().is_some());
    }
}
