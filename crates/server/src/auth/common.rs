//! Passwords that are guessed first: common words and names, keyboard rows, years and counting, in any spelling and with
//! little around them. Pure; one rule for everybody who sets a password, in the browser and on the command line.

/// What such passwords are made of; lower case.
const WORDS: &str = "admin administrator root superuser user guest test tester testing demo pass password passwd \
    passphrase passcode pwd secret login logon signin welcome hello letmein access private qwerty qwertz azerty \
    qwertyuiop qwer asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm 1qaz 2wsx 3edc zaq1 xsw2 qaz wsx edc 1q2w 3e4r 5t6y \
    1q2w3e q1w2 e3r4 abc abcd abcde abcdef abcdefg abcdefgh xyz aaa iloveyou ilove you love monkey dragon master \
    shadow sunshine princess football baseball superman batman michael jordan charlie daniel thomas trustno trustno1 \
    freedom whatever computer internet service server system default change changeme me example sample temp temporary \
    company office summer winter spring autumn january monday google apple microsoft samsung ubuntu linux docker mysql \
    postgres oracle aichat chat openai chatgpt gpt deepseek qwen ollama new my the is your this please woaini woaini1314 \
    mima wodemima nihao zhongguo china beijing shanghai huawei xiaomi woshishui 密码 我的 我爱你 你好 管理员 测试 中国";

/// More words than this make a phrase, and a phrase is not guessed first.
const MOST_WORDS: u8 = 3;
/// Fewest different characters of a password that is more than a pattern.
const FEWEST_DISTINCT: usize = 4;

/// Whether a password is among those that are guessed first, for an account of this name.
pub(super) fn is_common(password: &str, username: &str) -> bool {
    let letters: Vec<char> = password.to_lowercase().chars().collect();
    let distinct: std::collections::HashSet<&char> = letters.iter().collect();
    distinct.len() < FEWEST_DISTINCT || is_made_of_words(&letters, &username.to_lowercase())
}

/// Whether words of the list, separators and ordinary numbers cover the password from its first to its last character.
fn is_made_of_words(letters: &[char], username: &str) -> bool {
    let words: Vec<Vec<char>> = WORDS.split(' ').chain([username]).map(|word| word.chars().collect()).collect();
    // The fewest words that reach each place.
    let mut reached: Vec<Option<u8>> = vec![None; letters.len() + 1];
    reached[0] = Some(0);
    for at in 0..letters.len() {
        let Some(used) = reached[at] else { continue };
        let rest = &letters[at..];
        let mut reach = |length: usize, used: u8| {
            let place = &mut reached[at + length];
            *place = Some(place.map_or(used, |known| known.min(used)));
        };
        if !rest[0].is_alphanumeric() {
            reach(1, used);
        }
        let digits = rest.iter().take_while(|letter| letter.is_ascii_digit()).count();
        if digits > 0 && is_ordinary(&rest[..digits]) {
            reach(digits, used);
        }
        for word in words.iter().filter(|word| !word.is_empty() && begins_with(rest, word)) {
            reach(word.len(), used + 1);
        }
    }
    reached[letters.len()].is_some_and(|used| used <= MOST_WORDS)
}

fn begins_with(letters: &[char], word: &[char]) -> bool {
    letters.len() >= word.len() && letters.iter().zip(word).all(|(letter, wanted)| stands_for(*letter, *wanted))
}

/// Whether a character is a letter or the usual stand-in for it.
fn stands_for(letter: char, wanted: char) -> bool {
    letter == wanted
        || matches!(
            (letter, wanted),
            ('0', 'o') | ('1' | '!', 'i' | 'l') | ('3', 'e') | ('4' | '@', 'a') | ('5' | '$', 's') | ('7', 't')
        )
}

/// A short number, counting up or down, one block again and again, or a date.
fn is_ordinary(digits: &[char]) -> bool {
    let numbers: Vec<u32> = digits.iter().filter_map(|digit| digit.to_digit(10)).collect();
    let steps = |step: u32| numbers.windows(2).all(|pair| (pair[0] + step) % 10 == pair[1]);
    let repeats = |block: usize| numbers.iter().zip(&numbers[block.min(numbers.len())..]).all(|(a, b)| a == b);
    let century = |place: usize| matches!(numbers.get(place..place + 2), Some([1, 9] | [2, 0]));
    let date = numbers.len() == 8 && (century(0) || century(4));
    numbers.len() <= 4 || [0, 1, 9].into_iter().any(steps) || (1..=4).any(repeats) || date
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_refused_in_any_spelling() {
        for password in [
            "password",
            "Password1!",
            "P@ssw0rd2024",
            "Admin@2025",
            "admin123",
            "administrator",
            "12345678",
            "87654321",
            "1234567890",
            "11111111",
            "123123123",
            "19900101",
            "qwerty123",
            "1qaz2wsx",
            "1q2w3e4r",
            "letmein!!",
            "Welcome_2024",
            "aichat2025",
            "changeme",
            "iloveyou",
            "test-test-test",
            "abababab",
            "woaini520",
            "我的密码123",
            "trustno1",
            "        ",
            "my password",
            "$3cr3t_2024",
        ] {
            assert!(is_common(password, "somebody"), "{password}");
        }
        for password in ["ada.lovelace", "Ada.Lovelace-1", "ada.lovelace2024!"] {
            assert!(is_common(password, "Ada.Lovelace"), "{password}");
            assert!(!is_common(password, "somebody"), "{password}");
        }
    }

    #[test]
    fn phrases_and_random_ones_are_taken() {
        for password in [
            "correct horse",
            "correct horse battery staple",
            "another horse",
            "bench-password-1",
            "83920174",
            "tR4ub4dor&3",
            "monkey dragon master sunshine",
            "床前明月光疑是",
            "kX9fQ2mZ",
            "9A4F-77C1-D0E2",
            "horse2024",
        ] {
            assert!(!is_common(password, "somebody"), "{password}");
        }
    }
}
