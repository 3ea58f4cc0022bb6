use crate::pod_security::handlers;
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "sudo-in-command",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container's command asks for root with sudo",
    help: "remove `sudo`; do what needs root when the image is built, or set `runAsUser` for this one container",
    standards: &[],
    docs: include_str!("sudo_in_command.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let own = ["command", "args"]
        .into_iter()
        .filter_map(|field| container.node.get(field));
    let hooks = handlers(container).filter_map(|(_, handler)| handler.at(&["exec", "command"]));
    for words in own.chain(hooks) {
        let found = words
            .items()
            .enumerate()
            .find(|(index, word)| word.text().is_some_and(|text| runs_sudo(text, *index == 0)));
        if let Some((_, word)) = found {
            cx.report_in(
                workload,
                word,
                format!("{container} asks for root with sudo"),
            )
            .file();
        }
    }
}

/// Whether a word is `sudo`, or a script in which it stands where a command does.
fn runs_sudo(text: &str, first: bool) -> bool {
    if !text.contains(char::is_whitespace) {
        return first && is_sudo(text);
    }
    let commands = text.split([';', '|', '&', '(', '\n', '{', '!', '`']);
    let mut openings = commands.map(|command| {
        let words = command.split_whitespace();
        words.skip_while(|word| {
            word.contains('=')
                || matches!(
                    *word,
                    "then" | "do" | "else" | "exec" | "if" | "while" | "time"
                )
        })
    });
    openings.any(|mut words| words.next().is_some_and(is_sudo))
}

fn is_sudo(word: &str) -> bool {
    word == "sudo" || word.ends_with("/bin/sudo")
}
