//! Which turns go in.

use super::*;
use shared::part::FilePart;

fn past(from_user: bool, text: &str) -> Past {
    Past { from_user, parts: vec![Part::reasoning("hidden"), Part::text(text)], ..Past::default() }
}

fn room(window: u64, ratio: f64) -> Room {
    Room::new(window, None, None, ratio)
}

/// The newest message is the one to be answered; the path is whole.
fn fit(room: Room, newest_first: &[Past]) -> Fitted {
    let mut window = Window::new(room, &Told::default(), true);
    window.keep(newest_first[0].clone());
    let whole = newest_first[1..].iter().all(|past| window.offer(past.clone()));
    window.fit(whole)
}

fn texts(fitted: &Fitted) -> Vec<String> {
    fitted.path.iter().map(|taken| plain_text(&taken.past.parts)).collect()
}

#[test]
fn what_is_kept_free_for_the_answer_follows_what_is_known() {
    let reserved = |window, set, own| Room::new(window, set, own, 1.0).reserved;
    assert_eq!(reserved(128_000, None, None), 4_096);
    assert_eq!(reserved(8_000, None, None), 2_000);
    assert_eq!(reserved(128_000, None, Some(1_000)), 1_000);
    assert_eq!(reserved(128_000, Some(32_000), Some(1_000)), 32_000);
    assert_eq!(reserved(4_000, Some(8_000), None), 3_000, "something must be left to read");
    for budget in [900, 90_000] {
        let smaller = room(128_000, 1.0).with_budget(budget);
        assert_eq!(smaller.budget(), budget);
        assert_eq!(room(smaller.window, 1.0).budget(), budget, "the window is what is remembered");
    }
}

#[test]
fn a_short_path_goes_in_whole_in_reading_order() {
    let fitted = fit(room(8000, 1.0), &[past(true, "c"), past(false, "b"), past(true, "a")]);
    assert_eq!(texts(&fitted), ["a", "b", "c"]);
    assert_eq!((fitted.read, fitted.trim_told), (3, false));
}

#[test]
fn whole_turns_fall_out_the_oldest_first() {
    let long = "word ".repeat(200);
    let path = [past(true, "now"), past(false, &long), past(true, &long), past(false, &long), past(true, &long)];
    let fitted = fit(room(1000, 1.0), &path);
    assert_eq!(fitted.path.len(), 3);
    assert!(fitted.path[0].past.from_user, "it begins with the person");
    assert_eq!(texts(&fitted).last().map(String::as_str), Some("now"));
    // An answer of which the question does not fit stays out as well.
    let path = [past(true, "now"), past(false, "short"), past(true, &"word ".repeat(900))];
    assert_eq!(texts(&fit(room(1000, 1.0), &path)), ["now"]);
}

#[test]
fn a_model_that_counts_more_gets_less_and_instructions_take_their_part() {
    let path: Vec<Past> = (0..41).map(|n| past(n % 2 == 0, &"word ".repeat(20))).collect();
    let plain = fit(room(1000, 1.0), &path).path.len();
    assert!(fit(room(1000, 2.0), &path).path.len() < plain);
    let told = Told { text: "be brief ".repeat(100), ..Told::default() };
    let mut window = Window::new(room(1000, 1.0), &told, true);
    window.keep(path[0].clone());
    let whole = path[1..].iter().all(|past| window.offer(past.clone()));
    assert!(window.fit(whole).path.len() < plain);
}

#[test]
fn the_newest_message_is_sent_however_long_it_is() {
    let fitted = fit(room(100, 1.0), &[past(true, &"word ".repeat(5000)), past(false, "old"), past(true, "older")]);
    assert_eq!(fitted.path.len(), 1);
}

#[test]
fn a_question_to_be_answered_again_goes_in_with_the_empty_answer_below_it() {
    let mut window = Window::new(room(100, 1.0), &Told::default(), true);
    window.keep_next_question();
    let long = "word ".repeat(5000);
    let path = [past(false, " \n"), past(true, &long), past(false, "old"), past(true, "older")];
    let whole = path.into_iter().all(|past| window.offer(past));
    let fitted = window.fit(whole);
    assert_eq!(texts(&fitted), [long, " \n".to_owned()]);
}

fn continued(window: u64, newest_first: &[Past]) -> Fitted {
    let mut window = Window::new(room(window, 1.0), &Told::default(), true);
    window.continue_answer("go on", newest_first[0].clone(), newest_first.get(1).cloned());
    let whole = newest_first.iter().skip(2).all(|past| window.offer(past.clone()));
    window.fit(whole)
}

#[test]
fn an_answer_to_continue_goes_in_with_its_question_and_what_is_older_as_it_fits() {
    let path = [past(false, "half"), past(true, "why?"), past(false, "b"), past(true, "a")];
    assert_eq!(texts(&continued(8000, &path)), ["a", "b", "why?", "half", "go on"]);
    let long = "word ".repeat(2000);
    let path = [past(false, "half"), past(true, "why?"), past(false, "b"), past(true, &long)];
    let fitted = continued(1000, &path);
    assert_eq!(texts(&fitted), ["why?", "half", "go on"]);
}

#[test]
fn of_an_answer_longer_than_the_window_the_end_goes_in_and_its_question_whole() {
    let answer = format!("{}the end", "汉字 ".repeat(5000));
    let fitted = continued(1000, &[past(false, &answer), past(true, "why?"), past(false, "old")]);
    let said = texts(&fitted);
    assert_eq!((said.len(), said[0].as_str(), said[2].as_str()), (3, "why?", "go on"));
    assert!(said[1].len() < answer.len() && answer.ends_with(&said[1]), "{}", said[1]);
    assert!((700..=750).contains(&fitted.estimate), "{}", fitted.estimate);
}

#[test]
fn of_a_long_question_to_a_long_answer_the_beginning_goes_in() {
    let (answer, question) = ("and ".repeat(5000) + "the end", "the beginning ".to_owned() + &"or ".repeat(5000));
    let fitted = continued(1000, &[past(false, &answer), past(true, &question), past(false, "old")]);
    let said = texts(&fitted);
    assert!(said[0].starts_with("the beginning ") && said[1].ends_with("the end"), "{said:?}");
    assert!(said[1].len() > 2 * said[0].len(), "most of the room is the answer's");
    assert!(fitted.estimate <= 750, "{}", fitted.estimate);
}

#[test]
fn no_window_is_too_small_for_the_end_of_the_answer() {
    let fitted = continued(16, &[past(false, &("and ".repeat(500) + "the end")), past(true, "why?")]);
    assert!(texts(&fitted)[1].ends_with("the end"), "{fitted:?}");
    let alone = continued(16, &[past(false, "half")]);
    assert_eq!(texts(&alone), ["half", "go on"], "also without a question");
}

fn answer(text: &str, tokens: u64, same_model: bool) -> Past {
    Past { counted: Some(Counted { tokens, instructions: 0, same_model }), ..past(false, text) }
}

#[test]
fn what_the_provider_counted_before_a_text_was_changed_says_nothing() {
    let long = "word ".repeat(1_000);
    let at = |moment: &str, edited: Option<&str>, past: Past| Past {
        created_at: moment.to_owned(),
        edited_at: edited.map(str::to_owned),
        ..past
    };
    let tokens = |edited| {
        let path = [
            at("2026-01-01T00:00:03.000Z", None, past(true, "now")),
            at("2026-01-01T00:00:02.000Z", None, answer("x", 1_600, true)),
            at("2026-01-01T00:00:01.000Z", edited, past(true, &long)),
        ];
        fit(room(20_000, 1.0), &path).tokens
    };
    let counted = tokens(None);
    assert_eq!(tokens(Some("2026-01-01T00:00:01.500Z")), counted, "what was changed before was counted");
    assert_ne!(tokens(Some("2026-01-01T00:00:02.500Z")), counted);
}

#[test]
fn what_the_provider_counted_is_taken_and_only_the_rest_is_estimated() {
    let long = "word ".repeat(1000);
    let path = |same| [past(true, "now"), answer(&long, 3_000, same), past(true, &long)];
    let estimated = fit(room(20_000, 1.0), &path(false));
    let counted = fit(room(20_000, 1.0), &path(true));
    assert!((3_000..3_020).contains(&counted.tokens), "{}", counted.tokens);
    assert_eq!(counted.estimate, estimated.estimate);
    assert_eq!(estimated.tokens, estimated.estimate);
    // What it counted says what does not fit any more.
    assert_eq!(fit(room(3_200, 1.0), &path(true)).path.len(), 1);
    assert_eq!(fit(room(3_200, 1.0), &path(false)).path.len(), 3);
}

#[test]
fn a_count_of_a_path_that_was_cut_counts_for_nothing() {
    let mut told = answer("word", 40_000, true);
    told.parts.push(Part::Notice { code: "context.trimmed".into(), params: shared::error::Params::new() });
    let fitted = fit(room(20_000, 1.0), &[past(true, "now"), told, past(true, "a")]);
    assert!(fitted.trim_told && fitted.tokens < 100, "{fitted:?}");
}

#[test]
fn instructions_that_grew_after_a_count_are_added_to_it() {
    let long = "word ".repeat(1000);
    let path = [past(true, "now"), answer(&long, 2_400, true), past(true, &long)];
    let told = Told { text: "be brief ".repeat(500), ..Told::default() };
    let grown = message_tokens(&told.text);
    let mut window = Window::new(room(20_000, 1.0), &told, true);
    window.keep(path[0].clone());
    let whole = path[1..].iter().all(|past| window.offer(past.clone()));
    let fitted = window.fit(whole);
    assert!(fitted.tokens > 2_400 + grown && fitted.tokens < 2_420 + 2 * grown, "{}", fitted.tokens);
    assert_eq!(fitted.instructions, grown);
}

#[test]
fn a_count_of_something_else_and_one_before_a_refusal_count_for_nothing() {
    let long = "word ".repeat(1000);
    let path = |tokens| [past(true, "now"), answer(&long, tokens, true), past(true, &long)];
    let estimated = fit(room(20_000, 1.0), &path(2_000)).estimate;
    assert_eq!(fit(room(90_000, 1.0), &path(30_000)).tokens, estimated, "pages of the web were among them");
    let refused = Room { refused: true, ..room(20_000, 1.5) };
    let fitted = fit(refused, &path(2_000));
    assert_eq!(fitted.tokens, estimated * 3 / 2, "what the refusal said of the ratio is what counts");
}

#[test]
fn words_are_sampled_only_where_the_count_decides_and_nothing_is_known() {
    let sample = |room: Room, path: &[Past]| {
        let mut window = Window::new(room, &Told::default(), true);
        window.keep(path[0].clone());
        path[1..].iter().all(|past| window.offer(past.clone()));
        window.sample()
    };
    let long = past(true, &"word ".repeat(1000));
    assert!(sample(room(1_200, 1.0), std::slice::from_ref(&long)).is_some());
    assert!(sample(room(20_000, 1.0), std::slice::from_ref(&long)).is_none(), "it fits by far");
    assert!(sample(room(1_200, 1.1), std::slice::from_ref(&long)).is_none(), "the model was measured");
    let counted = [past(true, "now"), answer("x", 900, true), long];
    assert!(sample(room(1_200, 1.0), &counted).is_none(), "the provider counted");
}

fn picture(size: u64) -> Part {
    Part::Image(FilePart {
        file_id: "f".into(),
        name: "p.png".into(),
        media_type: "image/png".into(),
        size,
        width: Some(1000),
        height: Some(750),
        tokens: 1000,
    })
}

fn with_pictures(count: usize, size: u64) -> Past {
    let parts = std::iter::repeat_with(|| picture(size)).take(count).chain([Part::text("look")]).collect();
    Past { from_user: true, parts, ..Past::default() }
}

#[test]
fn pictures_count_and_older_ones_give_way() {
    let path = [with_pictures(2, 1), past(false, "b"), with_pictures(19, 1), past(false, "a"), with_pictures(1, 1)];
    let fitted = fit(room(100_000, 1.0), &path);
    let shown: Vec<usize> = fitted.path.iter().map(|taken| taken.pictures).collect();
    assert_eq!((shown, fitted.pictures_left_out), (vec![0, 0, 18, 0, 2], 2));
    assert!((20_000..20_200).contains(&fitted.estimate), "{}", fitted.estimate);
    let heavy = [with_pictures(3, MAX_PICTURE_BYTES), past(false, "a"), with_pictures(1, 1)];
    let fitted = fit(room(100_000, 1.0), &heavy);
    assert_eq!(fitted.path.iter().map(|taken| taken.pictures).collect::<Vec<_>>(), [0, 0, 3], "the newest go in");
}

#[test]
fn a_model_that_does_not_see_gets_no_pictures_and_nobody_is_told_that_room_was_saved() {
    let mut window = Window::new(room(8_000, 1.0), &Told::default(), false);
    window.keep(with_pictures(3, 1));
    let fitted = window.fit(true);
    assert_eq!((fitted.path[0].pictures, fitted.pictures_left_out), (0, 0));
    assert!(fitted.estimate < 100);
}
