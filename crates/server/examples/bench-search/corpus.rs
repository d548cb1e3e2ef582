//! Chats in two languages, the same every time: words by Zipf's law, common Chinese characters as common as they are in
//! real text, half of the Chinese in traditional characters, and in every chat a few rare words that are its own.

/// A sequence of numbers that is the same every time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }

    /// A number below `end`, small ones far more often (Zipf's law).
    fn zipf(&mut self, end: usize) -> usize {
        let share = self.below(1 << 20) as f64 / f64::from(1 << 20);
        let place = ((end as f64 + 1.0).ln() * share).exp() - 1.0;
        (place as usize).min(end - 1)
    }
}

/// Characters by how often they stand in Chinese text.
const CHARACTERS: &str = "的一是不了在有人这我他个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔族";

/// Words that people use all the time.
const CHINESE: [&str; 40] = [
    "我们", "可以", "什么", "怎么", "这个", "没有", "一个", "问题", "使用", "如果", "因为", "所以", "需要", "进行",
    "数据", "系统", "时间", "服务", "文件", "用户", "代码", "函数", "模型", "测试", "运行", "错误", "配置", "方法",
    "应该", "已经", "通过", "实现", "设计", "性能", "接口", "部署", "缓存", "安装", "版本", "网络",
];

const ENGLISH: [&str; 60] = [
    "the", "to", "of", "a", "and", "in", "is", "it", "you", "that", "for", "on", "with", "this", "be", "are", "as",
    "can", "from", "or", "an", "if", "use", "your", "not", "by", "code", "function", "data", "when", "will", "file",
    "error", "using", "server", "value", "type", "return", "test", "run", "example", "set", "request", "model", "user",
    "message", "version", "install", "database", "query", "cache", "index", "token", "string", "build", "config",
    "deploy", "async", "stream", "handle",
];

const SYLLABLES: [&str; 32] = [
    "ba", "con", "der", "el", "fin", "gra", "hol", "in", "jo", "ker", "lan", "mo", "ner", "or", "pre", "qua", "ri",
    "sta", "tor", "un", "ver", "wil", "xi", "yo", "zen", "sub", "pro", "tec", "mar", "lis", "cor", "pen",
];

/// Simplified characters with the traditional ones that mean the same.
const TRADITIONAL: [(char, char); 44] = [
    ('这', '這'),
    ('个', '個'),
    ('们', '們'),
    ('来', '來'),
    ('为', '為'),
    ('国', '國'),
    ('说', '說'),
    ('时', '時'),
    ('会', '會'),
    ('对', '對'),
    ('过', '過'),
    ('发', '發'),
    ('后', '後'),
    ('里', '裡'),
    ('种', '種'),
    ('经', '經'),
    ('么', '麼'),
    ('学', '學'),
    ('现', '現'),
    ('当', '當'),
    ('动', '動'),
    ('开', '開'),
    ('还', '還'),
    ('进', '進'),
    ('样', '樣'),
    ('实', '實'),
    ('无', '無'),
    ('与', '與'),
    ('长', '長'),
    ('机', '機'),
    ('数', '數'),
    ('据', '據'),
    ('统', '統'),
    ('间', '間'),
    ('务', '務'),
    ('户', '戶'),
    ('码', '碼'),
    ('测', '測'),
    ('试', '試'),
    ('运', '運'),
    ('错', '錯'),
    ('误', '誤'),
    ('应', '應'),
    ('该', '該'),
];

/// The same text in traditional characters.
pub(crate) fn traditional(text: &str) -> String {
    let other = |c: char| TRADITIONAL.iter().find(|pair| pair.0 == c).map_or(c, |pair| pair.1);
    text.chars().map(other).collect()
}

/// Words to draw from.
pub(crate) struct Vocabulary {
    characters: Vec<char>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        Self { characters: CHARACTERS.chars().collect() }
    }

    /// A Chinese word: a common one, a single character, or two characters that make one.
    fn chinese(&self, dice: &mut Dice) -> String {
        match dice.below(10) {
            0..4 => CHINESE[dice.zipf(CHINESE.len())].to_owned(),
            4..7 => self.characters[dice.zipf(self.characters.len())].to_string(),
            _ => {
                let number = dice.zipf(20_000);
                self.pair(number)
            }
        }
    }

    /// One of many words of two characters.
    fn pair(&self, number: usize) -> String {
        let mut dice = Dice(number as u64 * 7919 + 13);
        dice.below(2);
        [self.characters[dice.zipf(self.characters.len())], self.characters[dice.below(self.characters.len())]]
            .iter()
            .collect()
    }

    fn english(&self, dice: &mut Dice) -> String {
        if dice.below(10) < 6 { ENGLISH[dice.zipf(ENGLISH.len())].to_owned() } else { spelled(dice.zipf(30_000)) }
    }

    /// The rare words of a chat: its subject.
    pub(crate) fn subject(&self, dice: &mut Dice) -> Vec<String> {
        let mut words: Vec<String> = (0..3).map(|_| spelled(30_000 + dice.below(60_000))).collect();
        words.extend((0..3).map(|_| self.pair(20_000 + dice.below(60_000))));
        words.push(format!("{}{}", spelled(dice.below(500)), capital(&spelled(dice.below(500)))));
        words
    }

    /// A message of a chat with this subject.
    pub(crate) fn message(&self, dice: &mut Dice, subject: &[String], long: bool) -> String {
        let chinese = dice.below(2) == 0;
        let length = if long { 20 + dice.zipf(240) } else { 4 + dice.zipf(40) };
        let mut text = String::new();
        for place in 0..length {
            let word = match dice.below(100) {
                0..4 => subject[dice.below(subject.len())].clone(),
                4..88 if chinese => self.chinese(dice),
                4..88 => self.english(dice),
                88..94 => self.english(dice),
                _ => self.chinese(dice),
            };
            if word.is_ascii() {
                text.push(' ');
                text.push_str(&word);
                text.push(' ');
            } else {
                text.push_str(&word);
            }
            if place % 14 == 13 {
                text.push_str(if chinese { "，" } else { ". " });
            }
        }
        if chinese && dice.below(2) == 0 { traditional(&text) } else { text }
    }
}

fn spelled(number: usize) -> String {
    let mut dice = Dice(number as u64 * 104_729 + 7);
    dice.below(2);
    (0..2 + dice.below(3)).map(|_| SYLLABLES[dice.below(SYLLABLES.len())]).collect()
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}
