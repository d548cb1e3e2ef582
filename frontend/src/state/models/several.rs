//! A choice of several models for one message. Plain data.

use shared::ModelId;
use shared::limits::MAX_ANSWERS_AT_ONCE;

/// How many models answer one message at most.
pub const MOST: usize = MAX_ANSWERS_AT_ONCE as usize;

/// The models after one was ticked, or not any more. One of them stays, and there are never too many.
#[must_use]
pub fn toggled(mut all: Vec<ModelId>, model: &ModelId) -> Vec<ModelId> {
    match all.iter().position(|known| known == model) {
        Some(place) if all.len() > 1 => drop(all.remove(place)),
        None if all.len() < MOST => all.push(model.clone()),
        _ => {}
    }
    all
}

#[cfg(test)]
mod tests {
    use super::toggled;

    #[test]
    fn models_are_ticked_up_to_three_and_one_always_stays() {
        let all = |names: &[&str]| names.iter().map(|name| (*name).into()).collect::<Vec<_>>();
        assert_eq!(toggled(all(&["a"]), &"b".into()), all(&["a", "b"]));
        assert_eq!(toggled(all(&["a", "b", "c"]), &"d".into()), all(&["a", "b", "c"]));
        assert_eq!(toggled(all(&["a", "b"]), &"a".into()), all(&["b"]), "the next one is the first then");
        assert_eq!(toggled(all(&["a"]), &"a".into()), all(&["a"]));
    }
}
