//! How much of a budget a call takes: before it is made, at most, and when it is over. Pure, and in whole numbers.

use shared::budgets::Unit;
use shared::chat::{Cost, Usage};
use shared::models::{Currency, Price};

/// Millionths in one yuan of an exchange rate.
const MICRO: u64 = 1_000_000;
/// Tokens of an answer that nobody limited, at most, where a budget counts tokens or money.
pub(super) const LONGEST_ANSWER: u32 = 16_384;
/// A shorter answer is not worth a call: then a budget is used up.
const LEAST_ANSWER: u32 = 256;

/// How many yuan a dollar is, in millionths of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(pub u64);

impl Rate {
    /// How many yuan a dollar is.
    #[must_use]
    pub fn yuan(self) -> f64 {
        self.0.max(1) as f64 / MICRO as f64
    }

    /// An amount in a currency, in billionths.
    #[must_use]
    pub fn convert(self, cost: Cost, into: Currency) -> u64 {
        let (nano, rate, micro) = (u128::from(cost.nano), u128::from(self.0.max(1)), u128::from(MICRO));
        let converted = match (cost.currency, into) {
            (Currency::Usd, Currency::Cny) => (nano * rate + micro / 2) / micro,
            (Currency::Cny, Currency::Usd) => (nano * micro + rate / 2) / rate,
            (Currency::Usd, Currency::Usd) | (Currency::Cny, Currency::Cny) => nano,
        };
        u64::try_from(converted).unwrap_or(u64::MAX)
    }
}

/// In what a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What.
    pub unit: Unit,
    /// In which currency, where it is money.
    pub currency: Currency,
    /// What the other currency is worth.
    pub rate: Rate,
}

impl Measure {
    /// Whether the length of an answer matters.
    #[must_use]
    pub fn counts_answers(self) -> bool {
        self.unit != Unit::Requests
    }
}

/// What is about to be asked.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Whether it is an answer that somebody asked for, and not a call beside one.
    pub is_answer: bool,
    /// Tokens of the request, as far as they are known.
    pub prompt: u64,
    /// Tokens that the answer may have.
    pub answer: u32,
    /// What is paid for them, by whoever may answer.
    pub prices: Vec<Price>,
}

/// What calls took that are over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Took {
    /// Answers of which something came.
    pub requests: u64,
    /// Tokens read and written.
    pub tokens: u64,
    /// Billionths of a dollar.
    pub usd: u64,
    /// Billionths of a yuan.
    pub cny: u64,
}

impl Took {
    /// The same with one more call.
    #[must_use]
    pub fn and(mut self, usage: &Usage) -> Self {
        self.tokens = self.tokens.saturating_add(usage.prompt_tokens).saturating_add(usage.completion_tokens);
        if let Some(cost) = usage.cost {
            let sum = match cost.currency {
                Currency::Usd => &mut self.usd,
                Currency::Cny => &mut self.cny,
            };
            *sum = sum.saturating_add(cost.nano);
        }
        self
    }

    /// How much that is.
    #[must_use]
    pub fn amount(&self, of: Measure) -> u64 {
        let money = |currency, nano| of.rate.convert(Cost { currency, nano }, of.currency);
        match of.unit {
            Unit::Requests => self.requests,
            Unit::Tokens => self.tokens,
            Unit::Money => money(Currency::Usd, self.usd).saturating_add(money(Currency::Cny, self.cny)),
        }
    }
}

impl Ask {
    /// How much it takes at most with an answer of so many tokens. Where nobody knows a price, it costs nothing.
    #[must_use]
    pub fn amount(&self, of: Measure, answer: u32) -> u64 {
        match of.unit {
            Unit::Requests => u64::from(self.is_answer),
            Unit::Tokens => self.prompt.saturating_add(answer.into()),
            Unit::Money => {
                let cost = |price: &Price| of.rate.convert(price.cost(self.prompt, 0, answer.into()), of.currency);
                self.prices.iter().map(cost).max().unwrap_or(0)
            }
        }
    }

    /// The longest answer that fits into what is left; none if that is too short to be worth a call.
    #[must_use]
    pub fn fitting(&self, of: Measure, left: u64) -> Option<u32> {
        let fits = |answer: u32| self.amount(of, answer) <= left;
        let (mut low, mut high) = (LEAST_ANSWER.min(self.answer), self.answer);
        if !fits(low) {
            return None;
        }
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if fits(middle) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Some(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVEN: Rate = Rate(7_000_000);

    fn measure(unit: Unit, currency: Currency) -> Measure {
        Measure { unit, currency, rate: SEVEN }
    }

    #[test]
    fn money_is_counted_in_one_currency() {
        let (usd, cny) = (|nano| Cost { currency: Currency::Usd, nano }, |nano| Cost { currency: Currency::Cny, nano });
        assert_eq!(SEVEN.convert(usd(3), Currency::Cny), 21);
        assert_eq!(SEVEN.convert(cny(21), Currency::Usd), 3);
        assert_eq!(SEVEN.convert(cny(10), Currency::Usd), 1, "rounded to the nearest billionth");
        assert_eq!(Rate(7_123_456).convert(usd(1_000_000_000), Currency::Cny), 7_123_456_000);
        assert_eq!(Rate(0).convert(cny(u64::MAX), Currency::Usd), u64::MAX, "no division by nothing");
    }

    #[test]
    fn what_calls_took_is_summed_over_both_currencies() {
        let usage = |prompt, completion, cost| Usage {
            prompt_tokens: prompt,
            completion_tokens: completion,
            cost,
            ..Usage::default()
        };
        let took = Took { requests: 1, ..Took::default() }
            .and(&usage(10, 5, Some(Cost { currency: Currency::Usd, nano: 100 })))
            .and(&usage(1, 0, Some(Cost { currency: Currency::Cny, nano: 70 })))
            .and(&usage(4, 0, None));
        assert_eq!(took.amount(measure(Unit::Requests, Currency::Usd)), 1);
        assert_eq!(took.amount(measure(Unit::Tokens, Currency::Usd)), 20);
        assert_eq!(took.amount(measure(Unit::Money, Currency::Usd)), 110);
        assert_eq!(took.amount(measure(Unit::Money, Currency::Cny)), 770);
    }

    #[test]
    fn an_answer_is_made_to_fit_what_is_left() {
        let price = |output| Price { currency: Currency::Usd, input: 1.0, output, cached_input: None };
        let ask = Ask { is_answer: true, prompt: 1_000, answer: 16_000, prices: vec![price(2.0), price(4.0)] };
        let tokens = measure(Unit::Tokens, Currency::Usd);
        assert_eq!(ask.amount(tokens, ask.answer), 17_000);
        assert_eq!((ask.fitting(tokens, 20_000), ask.fitting(tokens, 3_000)), (Some(16_000), Some(2_000)));
        assert_eq!((ask.fitting(tokens, 1_256), ask.fitting(tokens, 1_255)), (Some(256), None));
        let money = measure(Unit::Money, Currency::Usd);
        assert_eq!(ask.amount(money, 1_000), 1_000_000 + 4_000_000, "the dearest of those who may answer");
        assert_eq!(ask.fitting(money, 3_000_000), Some(500));
        assert_eq!(
            Ask { answer: 16, ..ask.clone() }.fitting(tokens, 1_016),
            Some(16),
            "a short one that was asked for"
        );
        let requests = measure(Unit::Requests, Currency::Usd);
        assert_eq!((ask.fitting(requests, 1), ask.fitting(requests, 0)), (Some(16_000), None));
        assert_eq!(Ask::default().amount(requests, 0), 0, "a call beside an answer is no request");
    }
}
