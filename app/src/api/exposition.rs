//! The metrics as JSON, in the original's form, for people and scripts: made from what a scrape gets.

use serde::Serialize;
use serde_json::{Map, Value};

/// One metric and its values.
#[derive(Debug, Default, Serialize)]
pub(super) struct Family<'a> {
    name: &'a str,
    help: &'a str,
    r#type: &'a str,
    values: Vec<Sample<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sample<'a> {
    value: Value,
    labels: Map<String, Value>,
    metric_name: &'a str,
}

/// Reads `OpenMetrics` text of ours. A line that has another form is left out.
pub(super) fn families(text: &str) -> Vec<Family<'_>> {
    let mut families: Vec<Family<'_>> = Vec::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            describe(&mut families, comment);
        } else if let (Some(sample), Some(family)) = (sample(line), families.last_mut()) {
            if family.r#type == "counter" {
                // Queries know it by the name that the format gives its samples.
                family.name = sample.metric_name;
            }
            family.values.push(sample);
        }
    }
    families
}

fn describe<'a>(families: &mut Vec<Family<'a>>, comment: &'a str) {
    let mut words = comment.splitn(3, ' ');
    let (Some(what), Some(name), Some(rest)) = (words.next(), words.next(), words.next()) else {
        return;
    };
    if families.last().is_none_or(|last| last.name != name) {
        families.push(Family {
            name,
            ..Family::default()
        });
    }
    let family = families.last_mut().expect("one was pushed");
    match what {
        "HELP" => family.help = rest.trim_end_matches('.'),
        "TYPE" => family.r#type = rest,
        _ => {}
    }
}

fn sample(line: &str) -> Option<Sample<'_>> {
    // A label may hold spaces; what follows the last one is the value.
    let (series, value) = line.rsplit_once(' ')?;
    let (metric_name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, read(labels.strip_suffix('}')?)?),
        None => (series, Map::new()),
    };
    Some(Sample {
        value: number(value),
        labels,
        metric_name,
    })
}

/// Infinity and what is no number have no form in JSON but text.
fn number(value: &str) -> Value {
    if let Ok(whole) = value.parse::<i64>() {
        return whole.into();
    }
    let number = value.parse().ok().and_then(serde_json::Number::from_f64);
    number.map_or_else(|| value.into(), Value::Number)
}

/// `a="x",b="y"`, the values escaped as the format says.
fn read(mut text: &str) -> Option<Map<String, Value>> {
    let mut labels = Map::new();
    while !text.is_empty() {
        let (name, rest) = text.split_once("=\"")?;
        let (value, rest) = quoted(rest)?;
        labels.insert(name.to_owned(), value.into());
        text = rest.strip_prefix(',').unwrap_or(rest);
    }
    Some(labels)
}

/// The text up to the closing quote, and what follows that.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[place + 1..])),
            '\\' => value.push(match characters.next()?.1 {
                'n' => '\n',
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Role;
    use crate::metrics::{CATALOGUE, Metrics};

    #[test]
    fn samples_keep_their_labels_and_values() {
        let text = "# HELP jobs Jobs.\n# TYPE jobs counter\njobs_total{result=\"a \\\"b\\\" c,d\",x=\"\"} 3\n\
                    # HELP age Age.\n# TYPE age gauge\nage 0.5\n# EOF\n";
        assert_eq!(
            serde_json::to_value(families(text)).unwrap(),
            json!([
                {"name": "jobs_total", "help": "Jobs", "type": "counter", "values": [
                    {"value": 3, "labels": {"result": "a \"b\" c,d", "x": ""}, "metricName": "jobs_total"}]},
                {"name": "age", "help": "Age", "type": "gauge", "values": [
                    {"value": 0.5, "labels": {}, "metricName": "age"}]},
            ])
        );
    }

    #[test]
    fn a_metric_is_there_once_by_the_name_that_queries_use() {
        let metrics = Metrics::of(Role::Worker);
        metrics.count_jobs("completed", 2);
        metrics.job_seconds.observe(0.02);
        let text = metrics.text();
        let families = families(&text);
        // A family that nothing was counted in yet has nothing to show.
        for family in &families {
            let same = families.iter().filter(|one| one.name == family.name);
            assert_eq!(same.count(), 1, "{}", family.name);
            let known = CATALOGUE.iter().any(|one| one.name == family.name);
            assert!(known && !family.help.is_empty(), "{family:?}");
        }
        let jobs = families.iter().find(|one| one.name == "signal_jobs_total");
        assert_eq!(jobs.unwrap().values[0].value, json!(2));
        let seconds = families
            .iter()
            .find(|one| one.r#type == "histogram" && !one.values.is_empty());
        let names: Vec<_> = seconds
            .unwrap()
            .values
            .iter()
            .map(|one| one.metric_name)
            .collect();
        assert!(
            names.contains(&"signal_job_duration_seconds_count"),
            "{names:?}"
        );
    }
}
