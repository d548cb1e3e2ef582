//! A trace as plain text, for a ticket or a colleague. Pure.

use shared::ErrorCode;
use shared::error::Language;
use shared::events::Status;
use shared::trace::{Sample, SamplePiece, Share, Stage, TraceDetail, TraceEvent, duration, status_name};
use std::fmt::Write as _;

/// Words of the text in both languages.
struct Words(Language);

impl Words {
    fn say(&self, en: &'static str, zh: &'static str) -> &'static str {
        match self.0 {
            Language::En => en,
            Language::ZhCn => zh,
        }
    }
}

/// The whole trace in this language.
#[must_use]
pub fn export(trace: &TraceDetail, language: Language) -> String {
    let mut out = String::new();
    head(&mut out, trace, &Words(language));
    events(&mut out, trace, language);
    let words = Words(language);
    let hidden = trace.words_hidden.then(|| words.say("(words are shown to their owner only)", "（正文仅本人可见）"));
    for (title, of) in
        [(words.say("Request", "请求"), &trace.request), (words.say("Response", "响应"), &trace.response)]
    {
        if let Some(of) = of {
            sample(&mut out, title, of, hidden);
        }
    }
    out
}

fn head(out: &mut String, trace: &TraceDetail, words: &Words) {
    let (brief, totals) = (&trace.brief, &trace.brief.totals);
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{name}: {value}");
    };
    line(words.say("Trace", "任务追踪"), brief.id.as_str());
    line(words.say("Request id", "请求编号"), &brief.request_id);
    line(words.say("Person", "用户"), &brief.person.name);
    line(words.say("From", "来源"), brief.via.name(words.0));
    line(words.say("Model", "模型"), &brief.model);
    line(words.say("Status", "状态"), status_name(brief.status, words.0));
    if let Some(code) = &brief.code {
        line(words.say("Code", "错误码"), code);
    }
    line(words.say("Began", "开始"), &brief.started_at);
    let never = words.say("never ended: it goes on, or the server died", "未结束：仍在进行，或服务器意外终止");
    line(words.say("Ended", "结束"), brief.ended_at.as_deref().unwrap_or(never));
    line(words.say("Total", "总耗时"), &duration(totals.total_us));
    line(words.say("This server", "本服务"), &duration(totals.own_us));
    line(words.say("Provider", "服务商"), &duration(totals.provider_us));
    line(words.say("Tools", "工具"), &duration(totals.tools_us));
    if let Some(first) = totals.first_token_us {
        line(words.say("First token after", "首个 token"), &duration(first));
    }
    line(words.say("Calls", "调用次数"), &totals.calls.to_string());
    line("token", &format!("{} → {}", totals.prompt_tokens, totals.completion_tokens));
}

fn events(out: &mut String, trace: &TraceDetail, language: Language) {
    let _ = writeln!(out, "\n{}", Words(language).say("Events", "事件"));
    for event in &trace.events {
        let took = event.took.map(duration).unwrap_or_default();
        let at = format!("+{}", duration(event.at));
        let _ = writeln!(out, "{at:>12} {took:>10}  {}", told(event, language));
    }
}

/// An event in words.
fn told(event: &TraceEvent, language: Language) -> String {
    let name = event.name.as_deref().map(|name| match event.stage {
        Stage::End => Status::parse(name).map_or(name, |status| status_name(status, language)),
        _ => name,
    });
    let count = event.count.map(|count| match event.stage {
        Stage::Context => format!("≈ {count} token"),
        Stage::Tokens => format!("{count} B"),
        _ => count.to_string(),
    });
    let call = event.call.filter(|_| event.stage.share() == Share::Provider).map(|call| format!("#{call}"));
    let http = event.http.map(|status| format!("HTTP {status}"));
    let code = event.code.as_ref().map(|code| match ErrorCode::parse(code) {
        Some(known) => format!("{code}: {}", known.message(language, &event.params)),
        None => code.clone(),
    });
    let detail = event.params.get("detail").map(|detail| format!("“{detail}”"));
    let stage = Some(event.stage.name(language).to_owned());
    let theirs = event.provider_request_id.as_ref().map(|id| {
        let name = Words(language).say("provider's request id", "服务商请求编号");
        format!("{name} {id}")
    });
    let all = [stage, call, name.map(str::to_owned), event.model.clone(), count, http, code, detail, theirs];
    all.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn sample(out: &mut String, title: &str, of: &Sample, hidden: Option<&str>) {
    let _ = writeln!(out, "\n{title}");
    for (name, value) in &of.set {
        let _ = writeln!(out, "  {name}: {value}");
    }
    if of.left_out > 0 {
        let _ = writeln!(out, "  … {}", of.left_out);
    }
    for SamplePiece { kind, chars, things, text } in &of.pieces {
        let _ = writeln!(out, "  [{kind}] {chars} chars, {things} attached");
        for line in text.as_deref().or(hidden).unwrap_or_default().lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
}
