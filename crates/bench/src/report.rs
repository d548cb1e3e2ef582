//! The table for people, and the same as JSON.

use crate::machine::{self, Sync};
use crate::metric::{ROWS, Row};
use crate::subject::Subject;
use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Load above which figures are not to be trusted.
const BUSY: f64 = 0.5;

/// Everything that is told in the end.
pub(crate) struct Report<'a> {
    /// `direct` comes first.
    pub(crate) subjects: &'a [Subject],
    pub(crate) sync: Sync,
    /// Load of the machine before the run.
    pub(crate) busy: Option<f64>,
    pub(crate) quick: bool,
}

impl Report<'_> {
    fn direct(&self, row: &Row) -> Option<f64> {
        self.subjects.first()?.figures.get(row.metric)
    }

    /// Figure, ratio and whether the target is met, for every server but `direct`.
    fn compare<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a Subject, Option<Compared>)> + 'a {
        let direct = self.direct(row);
        self.subjects.iter().skip(1).map(move |subject| {
            let compared = subject.figures.get(row.metric).map(|value| Compared {
                value,
                ratio: direct.filter(|direct| *direct > 0.0).map(|direct| value / direct),
                met: row.target.is_met(value, direct, self.sync),
            });
            (subject, compared)
        })
    }
}

struct Compared {
    value: f64,
    ratio: Option<f64>,
    met: Option<bool>,
}

/// Prints the table.
pub(crate) fn print(report: &Report<'_>) -> Result<()> {
    Ok(std::io::stdout().write_all(table(report).as_bytes())?)
}

fn table(report: &Report<'_>) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = writeln!(
        out,
        "{} cores · disk sync p50 {:.3} ms, p99 {:.3} ms{}\n",
        machine::cores(),
        report.sync.p50,
        report.sync.p99,
        if report.quick { " · quick: small loads, one round" } else { "" }
    );
    if let Some(load) = report.busy.filter(|load| *load > BUSY) {
        let _ = writeln!(
            out,
            "The machine was busy with other things (load {load}): figures are worse than they could be.\n"
        );
    }
    let _ = write!(out, "{:<32}{:>14}", "", "direct");
    for subject in &report.subjects[1..] {
        let _ = write!(out, "{:>14}{:>10}   {:<18}{:<8}", subject.name(), "ratio", "target", "");
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    for row in ROWS {
        out.push_str(line(report, row).trim_end());
        out.push('\n');
    }
    for subject in report.subjects {
        for remark in &subject.remarks {
            let _ = writeln!(out, "\n{}: {remark}", subject.name());
        }
    }
    out
}

fn line(report: &Report<'_>, row: &Row) -> String {
    let mut line = format!("{:<32}{:>14}", row.label, cell(report.direct(row), row.unit));
    for (_, compared) in report.compare(row) {
        let value = cell(compared.as_ref().map(|compared| compared.value), row.unit);
        let ratio = compared.as_ref().and_then(|compared| compared.ratio);
        let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2} ×"));
        let mark = match compared.and_then(|compared| compared.met) {
            Some(true) => "ok",
            Some(false) => "MISSED",
            None => "",
        };
        let target = row.target.words(report.sync);
        let _ = write!(line, "{value:>14}{ratio:>10}   {target:<18}{mark:<8}");
    }
    line
}

fn cell(value: Option<f64>, unit: &str) -> String {
    let Some(value) = value else { return "–".into() };
    let digits = match value.abs() {
        whole if whole == 0.0 || whole >= 1000.0 => 0,
        large if large >= 10.0 => 1,
        _ => 3,
    };
    format!("{value:.digits$} {unit}").trim_end().to_owned()
}

/// Writes the figures as JSON.
pub(crate) fn write_json(report: &Report<'_>, path: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(&document(report))?;
    std::fs::write(path, text + "\n").with_context(|| format!("{} cannot be written", path.display()))
}

fn document(report: &Report<'_>) -> Value {
    let rows: Vec<Value> = ROWS
        .iter()
        .map(|row| {
            let mut servers = Map::new();
            for (subject, compared) in report.compare(row) {
                let compared = compared.map(|c| json!({"value": c.value, "ratio": c.ratio, "met": c.met}));
                servers.insert(subject.name().into(), compared.into());
            }
            json!({
                "key": row.key, "unit": row.unit, "target": row.target.words(report.sync),
                "direct": report.direct(row), "servers": servers,
            })
        })
        .collect();
    let remarks: Vec<&String> = report.subjects.iter().flat_map(|subject| &subject.remarks).collect();
    json!({
        "cores": machine::cores(), "load": report.busy, "quick": report.quick,
        "syncMs": {"p50": report.sync.p50, "p99": report.sync.p99},
        "rows": rows, "remarks": remarks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use crate::mock::Mock;
    use crate::subject::Kind;

    fn subjects() -> [Subject; 2] {
        let subject = || Subject::new(Kind::Direct(Mock::new(Path::new("unused"), None).expect("a port")));
        let (mut direct, mut other) = (subject(), subject());
        direct.figures.add(Metric::FlatRate, 1000.0);
        other.figures.add(Metric::FlatRate, 150.0);
        other.figures.add(Metric::BurstFailed, 0.0);
        other.remarks.push("a remark".into());
        [direct, other]
    }

    #[test]
    fn the_table_shows_figures_side_by_side_with_ratio_and_verdict() {
        let subjects = subjects();
        let table =
            table(&Report { subjects: &subjects, sync: Sync { p50: 0.5, p99: 2.0 }, busy: Some(2.5), quick: false });
        let line = |label: &str| {
            let line = table.lines().find(|line| line.starts_with(label)).expect("a row");
            line[label.len()..].split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(line("tokens/s, 8 streams flat out"), "1000 /s 150.0 /s 0.15 × ≥ 0.2 × MISSED");
        assert_eq!(line("failed of 200 streams"), "– 0 ≤ 0 ok");
        assert_eq!(line("first token, alone, p50"), "– – ≤ 1.1 + sync 0.50");
        assert!(table.contains("(load 2.5)"));
        assert!(table.ends_with("direct: a remark\n"));
        assert!(table.lines().all(|line| line.trim_end() == line));
    }

    #[test]
    fn the_json_has_every_row_with_ratio_and_verdict() {
        let subjects = subjects();
        let document =
            document(&Report { subjects: &subjects, sync: Sync { p50: 0.5, p99: 2.0 }, busy: None, quick: true });
        let rows = document["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), ROWS.len());
        let flat = rows.iter().find(|row| row["key"] == "tokensPerSecond8Flat").expect("the row");
        assert_eq!(flat["direct"], 1000.0);
        assert_eq!(flat["servers"]["direct"], json!({"value": 150.0, "ratio": 0.15, "met": false}));
    }
}
