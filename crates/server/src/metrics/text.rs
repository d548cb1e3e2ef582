//! Prometheus's text form, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>). It knows no metric.

use super::Histogram;
use std::fmt::{self, Display, Write as _};

/// The media type of the form.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Labels of a sample in their order.
type Labels<'a> = &'a [(&'a str, &'a str)];

/// The text as it grows. Samples of a family follow its head.
#[derive(Default)]
pub(super) struct Text(String);

/// What a family is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Summary,
}

impl Text {
    /// Begins a family.
    pub(super) fn family(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
            Kind::Summary => "summary",
        };
        self.line(format_args!("# HELP {name} {}", escaped(help, false)));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    /// A sample of the family.
    pub(super) fn sample(&mut self, name: &str, labels: Labels<'_>, value: impl Display) {
        let labels = Braced(labels);
        self.line(format_args!("{name}{labels} {value}"));
    }

    /// A family of one sample without labels.
    pub(super) fn single(&mut self, name: &str, kind: Kind, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// The samples of a histogram, in seconds.
    pub(super) fn histogram(&mut self, name: &str, labels: Labels<'_>, of: &Histogram) {
        let (below, all, sum) = of.read();
        let bucket = format!("{name}_bucket");
        for (bound, count) in below {
            let bound = seconds(bound).to_string();
            self.sample(&bucket, &[labels, &[("le", bound.as_str())]].concat(), count);
        }
        self.sample(&bucket, &[labels, &[("le", "+Inf")]].concat(), all);
        self.sample(&format!("{name}_sum"), labels, seconds(sum));
        self.sample(&format!("{name}_count"), labels, all);
    }

    /// The whole.
    pub(super) fn finish(self) -> String {
        self.0
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(line);
        self.0.push('\n');
    }
}

/// Microseconds in seconds.
#[expect(clippy::cast_precision_loss, reason = "durations of programs are far below 2^52 microseconds")]
pub(super) fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

/// Labels in their braces, nothing where there are none.
struct Braced<'a>(Labels<'a>);

impl Display for Braced<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, value)) in self.0.iter().enumerate() {
            let before = if at == 0 { '{' } else { ',' };
            write!(f, "{before}{name}=\"{}\"", escaped(value, true))?;
        }
        if self.0.is_empty() { Ok(()) } else { f.write_char('}') }
    }
}

fn escaped(text: &str, quotes: bool) -> String {
    let text = text.replace('\\', "\\\\").replace('\n', "\\n");
    if quotes { text.replace('"', "\\\"") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn samples_stand_below_their_family_with_labels_that_cannot_break_out() {
        let mut text = Text::default();
        text.family("a_total", Kind::Counter, "What \\ is\ncounted.");
        text.sample("a_total", &[("model", "m\"\\\n"), ("kind", "x")], 3);
        text.single("b", Kind::Gauge, "Now.", 1.5);
        let expected = "# HELP a_total What \\\\ is\\ncounted.\n# TYPE a_total counter\n\
            a_total{model=\"m\\\"\\\\\\n\",kind=\"x\"} 3\n# HELP b Now.\n# TYPE b gauge\nb 1.5\n";
        assert_eq!(text.finish(), expected);
    }

    #[test]
    fn a_histogram_is_told_in_seconds_and_ends_with_all() {
        let histogram = Histogram::new(&[500, 1_000_000]);
        [400, 700_000, 3_000_000].into_iter().for_each(|micros| histogram.count(Duration::from_micros(micros)));
        let mut text = Text::default();
        text.histogram("t", &[("status", "completed")], &histogram);
        let expected = "t_bucket{status=\"completed\",le=\"0.0005\"} 1\nt_bucket{status=\"completed\",le=\"1\"} 2\n\
            t_bucket{status=\"completed\",le=\"+Inf\"} 3\nt_sum{status=\"completed\"} 3.7004\n\
            t_count{status=\"completed\"} 3\n";
        assert_eq!(text.finish(), expected);
    }
}
