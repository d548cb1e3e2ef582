//! Choosing and finding models.

use super::{Catalogue, Heading, made_for, money, monogram, offered, window_size};
use shared::chat::{Model, ModelList};
use shared::models::{CatalogModel, Currency, Facts, ModelKind, ModelOverride};

pub(super) fn model(id: &str, name: &str, connection: &str) -> Model {
    Model {
        id: id.into(),
        name: name.to_owned(),
        connection_id: connection.into(),
        connection: connection.to_owned(),
        label: None,
        description: None,
        facts: shared::models::Facts::default(),
        personal: false,
        trouble: None,
        demo: false,
    }
}

fn catalogue() -> Catalogue {
    let items = vec![
        model("1", "deepseek-chat", "DeepSeek"),
        model("2", "deepseek-reasoner", "DeepSeek"),
        model("3", "qwen-max", "Qwen"),
        model("4", "qwen-plus", "Qwen"),
        model("5", "glm-4.6", "GLM"),
    ];
    let mut catalogue = Catalogue::default();
    catalogue.loaded(Ok(ModelList { items, default: Some("3".into()), next: None }));
    catalogue
}

fn shown(catalogue: &Catalogue, search: &str) -> String {
    let groups = catalogue.groups(search).into_iter().map(|group| {
        let names: Vec<_> = group.models.iter().map(|model| model.id.as_str().to_owned()).collect();
        let heading = match &group.heading {
            Heading::Pinned => "pinned",
            Heading::Recent => "recent",
            Heading::Connection(name) => name,
        };
        format!("{heading}:{}", names.join(","))
    });
    groups.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_wish_counts_then_the_default_then_the_first() {
    let mut catalogue = catalogue();
    assert_eq!(catalogue.choose(Some(&"5".into())).expect("one").name, "glm-4.6");
    assert_eq!(catalogue.choose(Some(&"gone".into())).expect("one").name, "qwen-max");
    catalogue.list.default = None;
    assert_eq!(catalogue.choose(None).expect("one").name, "deepseek-chat");
}

#[test]
fn a_model_is_missed_only_when_the_list_is_there_without_it() {
    let (gone, there) = (shared::ModelId::from("gone"), shared::ModelId::from("5"));
    assert!(!Catalogue::default().lacks(Some(&gone)));
    assert!(catalogue().lacks(Some(&gone)));
    assert!(!catalogue().lacks(Some(&there)) && !catalogue().lacks(None));
}

#[test]
fn a_list_that_never_came_says_why_until_it_comes() {
    let error = shared::ApiError { code: "server.internal".to_owned(), ..shared::ApiError::default() };
    let mut catalogue = Catalogue::default();
    catalogue.loaded(Err(error.clone()));
    assert_eq!(catalogue.failure(), Some(error.clone()));
    catalogue.loaded(Ok(ModelList::default()));
    catalogue.loaded(Err(error));
    assert_eq!(catalogue.failure(), None, "what is known stays");
}

#[test]
fn recent_models_come_first_until_somebody_searches() {
    let mut catalogue = catalogue();
    catalogue.used(&"4".into());
    catalogue.used(&"1".into());
    assert_eq!(shown(&catalogue, ""), "recent:1,4 DeepSeek:1,2 Qwen:3,4 GLM:5");
    assert_eq!(shown(&catalogue, "QWEN pl"), "Qwen:4");
    assert_eq!(shown(&catalogue, "claude"), "");
}

#[test]
fn pinned_models_come_before_recent_ones_and_are_not_among_them() {
    let mut catalogue = catalogue();
    catalogue.used(&"4".into());
    catalogue.used(&"1".into());
    for id in ["5", "1", "gone"] {
        catalogue.toggle_pin(&id.into());
    }
    assert_eq!(shown(&catalogue, ""), "pinned:5,1 recent:4 DeepSeek:1,2 Qwen:3,4 GLM:5");
    assert_eq!(shown(&catalogue, "glm"), "GLM:5");
    catalogue.toggle_pin(&"5".into());
    catalogue.toggle_pin(&"1".into());
    assert_eq!(shown(&catalogue, ""), "recent:1,4 DeepSeek:1,2 Qwen:3,4 GLM:5");
}

#[test]
fn few_models_need_no_recent_ones() {
    let mut catalogue = catalogue();
    catalogue.list.items.truncate(2);
    catalogue.used(&"1".into());
    catalogue.toggle_pin(&"1".into());
    assert_eq!(shown(&catalogue, ""), "DeepSeek:1,2");
}

#[test]
fn recent_models_are_few_and_each_there_once() {
    let mut catalogue = catalogue();
    for id in ["1", "2", "3", "4", "5", "4"] {
        catalogue.used(&id.into());
    }
    let ids: Vec<_> = catalogue.recent.iter().map(shared::ModelId::as_str).collect();
    assert_eq!(ids, ["4", "5", "3", "2"]);
}

#[test]
fn a_monogram_is_two_signs() {
    let signs = ["gpt-4o", "deepseek-chat", "Qwen/Qwen3-32B", "o", ""].map(monogram);
    assert_eq!(signs, ["G4", "De", "Q3", "O", "?"]);
}

#[test]
fn context_windows_read_as_people_say_them() {
    let sizes = [131_072, 128_000, 1_000_000, 1_048_576, 2_500_000, 512].map(window_size);
    assert_eq!(sizes, ["128K", "128K", "1M", "1M", "2.5M", "512"]);
}

#[test]
fn a_search_knows_the_name_that_people_see() {
    let mut catalogue = catalogue();
    catalogue.list.items[4].label = Some("Small and quick".to_owned());
    assert_eq!(shown(&catalogue, "quick glm"), "GLM:5");
}

#[test]
fn prices_have_the_figures_that_mean_something() {
    let words = [(Currency::Usd, 0.27), (Currency::Usd, 15.0), (Currency::Cny, 0.0), (Currency::Cny, 2.5)];
    assert_eq!(words.map(|(currency, amount)| money(currency, amount)), ["$0.27", "$15", "¥0", "¥2.5"]);
}

#[test]
fn models_of_programs_are_of_their_kind_and_each_name_stands_once() {
    let known = |id: &str, name: &str, kind: Option<ModelKind>| CatalogModel {
        id: id.into(),
        connection_id: "c".into(),
        connection: "Relay".to_owned(),
        name: name.to_owned(),
        public_name: name.to_owned(),
        shown: true,
        listed: true,
        access: Vec::new(),
        facts: Facts { kind, ..Facts::default() },
        sources: shared::models::Sources::default(),
        overrides: ModelOverride { label: Some(format!("{name} here")), ..ModelOverride::default() },
        created_at: String::new(),
    };
    let all = vec![
        known("1", "chat", None),
        known("2", "bge", Some(ModelKind::Embedding)),
        known("3", "bge", Some(ModelKind::Embedding)),
        known("4", "ranker", Some(ModelKind::Rerank)),
    ];
    let mut catalogue = Catalogue::default();
    catalogue.loaded(Ok(offered(all)));
    let ids = |kinds: &[ModelKind]| {
        let found = made_for(kinds, catalogue.groups("")).into_iter().flat_map(|group| group.models);
        found.map(|model| (model.id.to_string(), model.label.unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[ModelKind::Chat, ModelKind::Other]), [("1".to_owned(), "chat here".to_owned())]);
    assert_eq!(ids(&[ModelKind::Embedding]), [("2".to_owned(), "bge here".to_owned())]);
    assert_eq!(ids(&[ModelKind::Image]), []);
}
