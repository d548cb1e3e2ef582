//! What becomes of a list of models that was fetched: which of them people may choose. Pure.

use super::facts::{looks_like_chat, of_table};
use crate::db::connections::Options;
use crate::db::models::{Listed, StoredModel};
use llm::ModelInfo;
use shared::models::Facts;
use std::collections::{HashMap, HashSet};

/// A longer list is a shop window: people get what is well known of it, and the rest when somebody shows it.
const SHORT: usize = 50;
/// Of a long list in which nothing is well known, so many are shown.
const AT_LEAST: usize = 20;

/// What to store of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Adopted {
    pub(super) list: Vec<Listed>,
    pub(super) options: Options,
}

/// The list of a connection after it was fetched. `shown` are the names that somebody chose from it just now, `afresh`
/// says that somebody asked for the provider's list instead of the names that were typed.
pub(super) fn adopt(
    fetched: &[ModelInfo],
    known: &[StoredModel],
    options: &Options,
    shown: Option<&[String]>,
    afresh: bool,
) -> Adopted {
    let afresh = afresh || options.afresh;
    if !afresh && (options.typed || names_others(fetched, known, options)) {
        return Adopted { list: named(known, fetched), options: Options { typed: true, ..options.clone() } };
    }
    let options = Options { typed: false, ..options.clone() };
    if fetched.is_empty() {
        // Nothing to decide about yet.
        return Adopted { list: Vec::new(), options };
    }
    let (show_new, shown) = match (shown, options.show_new) {
        (Some(names), _) => by_hand(fetched, names),
        (None, Some(show_new)) => (show_new, vec![show_new; fetched.len()]),
        // Somebody chose from it before this was remembered: what they left out stays hidden.
        (None, None) if !afresh && known.iter().any(|model| model.listed) => {
            let known: HashSet<&str> = known.iter().map(|model| model.name.as_str()).collect();
            let all = fetched.iter().all(|model| known.contains(model.name.as_str()));
            (all && fetched.len() <= SHORT, vec![false; fetched.len()])
        }
        (None, None) => first(fetched),
    };
    let listed = |(model, shown): (&ModelInfo, bool)| Listed {
        name: model.name.clone(),
        facts: Some(model.facts.clone()),
        shown,
        named: false,
    };
    let list = fetched.iter().zip(shown).map(listed).collect();
    Adopted { list, options: Options { show_new: Some(show_new), afresh: false, ..options } }
}

/// Whether the models of a connection are not those of its list: somebody named them, before that was remembered. One or
/// the other that the provider dropped meanwhile does not make it so.
fn names_others(fetched: &[ModelInfo], known: &[StoredModel], options: &Options) -> bool {
    let fetched: HashSet<&str> = fetched.iter().map(|model| model.name.as_str()).collect();
    let listed: Vec<&StoredModel> = known.iter().filter(|model| model.listed).collect();
    let found = listed.iter().filter(|model| fetched.contains(model.name.as_str())).count();
    options.show_new.is_none() && !listed.is_empty() && found * 2 < listed.len()
}

/// The models that stand there already, with what the provider says of them by now.
fn named(known: &[StoredModel], fetched: &[ModelInfo]) -> Vec<Listed> {
    let names: Vec<String> = known.iter().filter(|model| model.listed).map(|model| model.name.clone()).collect();
    typed(&names, fetched, false)
}

/// The models that somebody named, with what the provider says of them. What was named just now is shown, even if it was
/// known and hidden.
pub(super) fn typed(names: &[String], fetched: &[ModelInfo], just_now: bool) -> Vec<Listed> {
    let said: HashMap<&str, &Facts> = fetched.iter().map(|model| (model.name.as_str(), &model.facts)).collect();
    let facts = |name: &String| said.get(name.as_str()).map(|facts| (*facts).clone());
    let listed = |name: &String| Listed { name: name.clone(), facts: facts(name), shown: true, named: just_now };
    names.iter().map(listed).collect()
}

/// Those that somebody chose. Who leaves something out does so with what comes later, too.
fn by_hand(fetched: &[ModelInfo], names: &[String]) -> (bool, Vec<bool>) {
    let names: HashSet<&str> = names.iter().map(String::as_str).collect();
    let shown: Vec<bool> = fetched.iter().map(|model| names.contains(model.name.as_str())).collect();
    (fetched.len() <= SHORT && shown.iter().all(|shown| *shown), shown)
}

/// Those of a first list that people may choose: all of a short one, of a long one those that are well known.
fn first(fetched: &[ModelInfo]) -> (bool, Vec<bool>) {
    if fetched.len() <= SHORT {
        return (true, vec![true; fetched.len()]);
    }
    let chats = |model: &ModelInfo| looks_like_chat(&model.name, &model.facts);
    let well_known: Vec<bool> = fetched.iter().map(|model| chats(model) && is_well_known(&model.name)).collect();
    if well_known.contains(&true) {
        return (false, well_known);
    }
    let mut room = AT_LEAST;
    let shown = fetched.iter().map(|model| {
        let shown = room > 0 && chats(model);
        room -= usize::from(shown);
        shown
    });
    (false, shown.collect())
}

fn is_well_known(name: &str) -> bool {
    of_table(name).is_some_and(|facts: Facts| super::facts::chats(&facts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::models::ModelOverride;

    fn list(count: usize) -> Vec<ModelInfo> {
        (0..count).map(|number| ModelInfo::new(format!("m{number}"), None)).collect()
    }

    fn known(name: &str) -> StoredModel {
        StoredModel {
            id: name.into(),
            connection_id: "c".into(),
            name: name.to_owned(),
            token_ratio: 1.0,
            listed: true,
            shown: true,
            facts: Facts::default(),
            overrides: ModelOverride::default(),
            access: Vec::new(),
            interfaces: shared::interfaces::Interfaces::default(),
            created_at: 0,
        }
    }

    fn shown(adopted: &Adopted) -> usize {
        adopted.list.iter().filter(|model| model.shown).count()
    }

    #[test]
    fn a_short_list_is_shown_and_so_is_what_comes_later() {
        let adopted = adopt(&list(50), &[], &Options::default(), None, false);
        assert_eq!((shown(&adopted), adopted.options.show_new), (50, Some(true)));
        let later = adopt(&list(80), &[], &adopted.options, None, false);
        assert_eq!((shown(&later), later.options.show_new), (80, Some(true)));
    }

    #[test]
    fn a_long_list_of_strangers_is_begun_with_those_that_look_like_chat() {
        let mut fetched = list(51);
        fetched[0].name = "text-embedding-x".to_owned();
        let adopted = adopt(&fetched, &[], &Options::default(), None, false);
        assert_eq!((shown(&adopted), adopted.options.show_new), (AT_LEAST, Some(false)));
        assert!(!adopted.list[0].shown && adopted.list[1].shown);
        let later = adopt(&list(60), &[], &adopted.options, None, false);
        assert_eq!(shown(&later), 0, "new ones of a long list stay hidden; known ones keep what was decided");
    }

    #[test]
    fn what_somebody_chose_is_shown_and_nothing_else() {
        let chosen = ["m3".to_owned(), "m7".to_owned()];
        let adopted = adopt(&list(10), &[], &Options::default(), Some(&chosen), false);
        assert_eq!((shown(&adopted), adopted.options.show_new), (2, Some(false)));
        let all: Vec<String> = list(10).into_iter().map(|model| model.name).collect();
        let adopted = adopt(&list(10), &[], &Options::default(), Some(&all), false);
        assert_eq!((shown(&adopted), adopted.options.show_new), (10, Some(true)));
    }

    #[test]
    fn typed_names_stay_until_somebody_asks_for_the_list() {
        let options = Options { typed: true, ..Options::default() };
        let kept = adopt(&list(9), &[known("deployment-1")], &options, None, false);
        assert_eq!((kept.list.len(), kept.list[0].name.as_str(), kept.options.typed), (1, "deployment-1", true));
        let fresh = adopt(&list(9), &[known("deployment-1")], &options, None, true);
        assert_eq!((fresh.list.len(), shown(&fresh), fresh.options.typed), (9, 9, false));
    }

    #[test]
    fn rows_of_an_earlier_release_keep_what_was_chosen_then() {
        let before = Options::default();
        let some = adopt(&list(9), &[known("m1")], &before, None, false);
        assert_eq!((some.list.len(), shown(&some), some.options.show_new), (9, 0, Some(false)));
        let all: Vec<StoredModel> = (0..9).map(|number| known(&format!("m{number}"))).collect();
        assert_eq!(adopt(&list(9), &all, &before, None, false).options.show_new, Some(true));
        let named = adopt(&list(9), &[known("alias")], &before, None, false);
        assert!(named.options.typed && named.list.len() == 1);
        let mut dropped = all.clone();
        dropped.push(known("gone"));
        let listed = adopt(&list(9), &dropped, &before, None, false);
        assert!(!listed.options.typed && listed.list.len() == 9, "one that vanished is no name of somebody's");
    }

    #[test]
    fn an_empty_first_list_decides_nothing() {
        let empty = adopt(&[], &[], &Options::default(), None, false);
        assert_eq!((empty.list.len(), empty.options.show_new), (0, None));
        let later = adopt(&list(80), &[], &empty.options, None, false);
        assert_eq!((shown(&later), later.options.show_new), (AT_LEAST, Some(false)));
    }

    #[test]
    fn a_list_that_was_asked_for_is_taken_as_a_first_one_when_it_comes() {
        let options = Options { afresh: true, ..Options::default() };
        let fresh = adopt(&list(9), &[known("deployment-1")], &options, None, false);
        assert_eq!((shown(&fresh), fresh.options), (9, Options { show_new: Some(true), ..Options::default() }));
    }
}
