//! Menus: a button, and a list of actions with the keyboard of the platform (arrows, Home, End, first letters, Esc, Tab).

use super::popover::{Placement, Point, Popover, close};
use super::{Glyph, Icon, IconButton};
use crate::dom;
use crate::reactive::effect;
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use std::sync::Arc;
use web_sys::HtmlElement;

/// One action of a menu.
#[derive(Clone)]
pub struct MenuItem {
    /// A verb.
    pub label: TextProp,
    /// Its icon.
    pub glyph: Option<Glyph>,
    /// What it does.
    pub action: Arc<dyn Fn() + Send + Sync>,
    /// Whether it takes something away.
    pub danger: bool,
    /// For a choice: whether it is the present one.
    pub checked: Option<bool>,
}

impl MenuItem {
    /// An action.
    pub fn new(label: impl Into<TextProp>, action: impl Fn() + Send + Sync + 'static) -> Self {
        Self { label: label.into(), glyph: None, action: Arc::new(action), danger: false, checked: None }
    }

    /// With an icon.
    #[must_use]
    pub fn glyph(self, glyph: Glyph) -> Self {
        Self { glyph: Some(glyph), ..self }
    }

    /// As one that takes something away.
    #[must_use]
    pub fn danger(self) -> Self {
        Self { danger: true, ..self }
    }

    /// As a choice.
    #[must_use]
    pub fn checked(self, checked: bool) -> Self {
        Self { checked: Some(checked), ..self }
    }
}

/// Makes the items of a menu each time it opens.
pub type MenuItems = Arc<dyn Fn() -> Vec<MenuItem> + Send + Sync>;

/// An icon button with a menu. `items=Arc::new(move || vec![MenuItem::new(t(SAVE), save)])`.
#[component]
pub fn Menu(
    /// Its name.
    #[prop(into)]
    name: TextProp,
    /// Its actions.
    items: MenuItems,
    /// Its icon.
    #[prop(default = Glyph::Ellipsis)]
    glyph: Glyph,
    /// Which edge of the button it keeps to.
    #[prop(default = Placement::End)]
    placement: Placement,
) -> AnyView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    view! {
        <IconButton
            node_ref=button
            name=name.clone()
            glyph=glyph
            popup="menu"
            expanded=Signal::from(open)
            on_press=move || open.update(|open| *open = !*open)
        />
        <MenuList open anchor=button name items placement/>
    }
    .into_any()
}

/// The list of a menu whose button is made elsewhere.
#[component]
pub fn MenuList(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The button that opens it.
    anchor: NodeRef<html::Button>,
    /// Its name.
    #[prop(into)]
    name: TextProp,
    /// Its actions.
    items: MenuItems,
    /// Which edge of the button it keeps to.
    #[prop(default = Placement::End)]
    placement: Placement,
    /// Where to stand while the button is not on the screen.
    #[prop(optional)]
    press: StoredValue<Option<Point>>,
) -> AnyView {
    let items = StoredValue::new(items);
    view! {
        <Popover open anchor name role="menu" placement press class="menu">
            <Rows open anchor items=items.with_value(|items| items())/>
        </Popover>
    }
    .into_any()
}

#[component]
fn Rows(open: RwSignal<bool>, anchor: NodeRef<html::Button>, items: Vec<MenuItem>) -> AnyView {
    let list = NodeRef::<html::Div>::new();
    effect(move || {
        if let Some(list) = list.get() {
            let rows = dom::all(&list, "button");
            let first = rows.iter().find(|row| row.get_attribute("aria-checked").as_deref() == Some("true"));
            first.or(rows.first()).map(dom::focus);
        }
    });
    let keydown = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Tab" {
            close(open, anchor);
        } else if let Some(list) = list.get_untracked()
            && step(&dom::all(&list, "button"), &event.key())
        {
            event.prevent_default();
        }
    };
    let rows = items.into_iter().map(|item| view! { <Row item open anchor/> });
    view! { <div node_ref=list class="menu-rows" on:keydown=keydown>{rows.collect_view()}</div> }.into_any()
}

#[component]
fn Row(item: MenuItem, open: RwSignal<bool>, anchor: NodeRef<html::Button>) -> AnyView {
    let press = move |_| {
        // First the focus goes home, so that a dialog opened by the action finds it there when it closes.
        close(open, anchor);
        (item.action)();
    };
    let label = item.label;
    view! {
        <button
            class="menu-row"
            class:danger=item.danger
            type="button"
            role=if item.checked.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=item.checked.map(|checked| checked.to_string())
            tabindex="-1"
            on:click=press
        >
            {item.glyph.map(|glyph| view! { <Icon glyph/> })}
            <span>{move || label.get()}</span>
            {item.checked.unwrap_or(false).then(|| view! { <Icon glyph=Glyph::Check/> })}
        </button>
    }
    .into_any()
}

/// Moves the focus between rows; false for keys that are not the menu's.
fn step(rows: &[HtmlElement], key: &str) -> bool {
    let here = dom::focused().and_then(|focused| rows.iter().position(|row| *row == focused));
    let labels: Vec<String> = rows.iter().map(HtmlElement::inner_text).collect();
    let Some(target) = target_row(&labels, here, key) else { return false };
    dom::focus(&rows[target]);
    true
}

/// The row that `key` leads to, from row `here`: arrows go round, a letter finds the next label that begins with it.
fn target_row(labels: &[String], here: Option<usize>, key: &str) -> Option<usize> {
    let count = labels.len();
    let last = count.checked_sub(1)?;
    match key {
        "ArrowDown" => Some(here.map_or(0, |row| (row + 1) % count)),
        "ArrowUp" => Some(here.map_or(last, |row| (row + last) % count)),
        "Home" => Some(0),
        "End" => Some(last),
        letter if letter.chars().count() == 1 && letter != " " => {
            let start = here.map_or(0, |row| row + 1);
            let wanted = letter.to_lowercase();
            (0..count)
                .map(|offset| (start + offset) % count)
                .find(|row| labels[*row].to_lowercase().starts_with(&wanted))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::target_row;

    fn labels() -> Vec<String> {
        ["Rename", "Refresh", "Delete"].map(str::to_owned).to_vec()
    }

    #[test]
    fn arrows_go_round() {
        assert_eq!(target_row(&labels(), Some(2), "ArrowDown"), Some(0));
        assert_eq!(target_row(&labels(), Some(0), "ArrowUp"), Some(2));
        assert_eq!(target_row(&labels(), None, "ArrowUp"), Some(2));
    }

    #[test]
    fn a_letter_finds_the_next_row_that_begins_with_it() {
        assert_eq!(target_row(&labels(), Some(0), "r"), Some(1));
        assert_eq!(target_row(&labels(), Some(1), "R"), Some(0));
        assert_eq!(target_row(&labels(), Some(1), "x"), None);
    }

    #[test]
    fn an_empty_menu_has_nowhere_to_go() {
        assert_eq!(target_row(&[], None, "ArrowDown"), None);
    }
}
