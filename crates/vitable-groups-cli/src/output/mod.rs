//! The only place that prints: results to standard output, talk to standard error.

mod document;
mod progress;
mod table;
mod text;

use std::io::{self, IsTerminal as _, Write};

use console::Style;
use serde_json::Value;
use tokio::sync::oneshot;

pub(crate) use document::{Column, Document, Tone, value};
pub(crate) use progress::WaitBar;
pub(crate) use text::{count, plain};

use crate::cli::{Color, Format, Global};
use crate::exit::Failure;

/// Where a command's results and words go.
#[expect(clippy::struct_excessive_bools, reason = "facts about two streams, not states")]
pub(crate) struct Output {
    stdout: Box<dyn Write>,
    stderr: Box<dyn Write>,
    format: Format,
    quiet: bool,
    out_color: bool,
    err_color: bool,
    err_terminal: bool,
    width: Option<u16>,
    reader: Reader,
}

/// Who reads our results.
enum Reader {
    There,
    /// Nothing more needs to be printed.
    Gone,
    Failed(io::Error),
}

impl Output {
    /// Standard output and standard error, as the options and the terminal have it.
    pub(crate) fn new(global: &Global) -> Self {
        let (out_terminal, err_terminal) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let color = |terminal| match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && wants_color(),
        };
        let default = if out_terminal { Format::Table } else { Format::Json };
        Self {
            stdout: Box::new(io::stdout()),
            stderr: Box::new(io::stderr()),
            format: global.output.unwrap_or(default),
            quiet: global.quiet,
            out_color: color(out_terminal),
            err_color: color(err_terminal),
            err_terminal,
            width: out_terminal.then(|| console::Term::stdout().size().1),
            reader: Reader::There,
        }
    }

    /// Tables and talk in one stream, for a story that is told to people.
    pub(crate) fn story(global: &Global) -> Self {
        let mut out = Self::new(global);
        out.format = Format::Table;
        out.quiet = false;
        out.stderr = Box::new(io::stdout());
        out.err_color = out.out_color;
        out
    }

    /// Prints a command's result in the chosen format.
    pub(crate) fn document(&mut self, document: &Document) {
        let text = match self.format {
            Format::Table => table::render(document, self.width, self.out_color),
            Format::Json => text::json(&document.whole),
            Format::Jsonl => document.rows.iter().map(text::json_line).collect(),
            Format::Csv => text::csv(document),
            Format::Yaml => text::yaml(&document.whole),
        };
        self.print(&text);
    }

    /// Whether results are tables, which need not show everything.
    pub(crate) fn is_for_people(&self) -> bool {
        self.format == Format::Table
    }

    /// Whether results are printed one by one, so that a long list need not be held.
    pub(crate) fn is_streaming(&self) -> bool {
        self.format == Format::Jsonl
    }

    /// Prints one result of a list that streams. Says whether anybody still reads.
    pub(crate) fn stream(&mut self, row: &Value) -> bool {
        self.print(&text::json_line(row));
        matches!(self.reader, Reader::There)
    }

    /// Prints text that is a result as it stands.
    pub(crate) fn text(&mut self, text: &str) {
        self.print(text);
    }

    fn print(&mut self, text: &str) {
        if !matches!(self.reader, Reader::There) {
            return;
        }
        if let Err(error) =
            self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush())
        {
            self.reader = match error.kind() {
                io::ErrorKind::BrokenPipe => Reader::Gone,
                _ => Reader::Failed(error),
            };
        }
    }

    /// What became of the results: a full disk is a failure, a reader who left is not.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        match std::mem::replace(&mut self.reader, Reader::Gone) {
            Reader::There | Reader::Gone => Ok(()),
            Reader::Failed(error) => {
                Err(Failure::local(format!("cannot write the result: {error}")))
            }
        }
    }

    /// Says something on standard error, unless told to be quiet.
    pub(crate) fn say(&mut self, line: impl AsRef<str>) {
        self.talk_unless_quiet(&Style::new(), line.as_ref());
    }

    /// Says what happens next, so that it stands out.
    pub(crate) fn heading(&mut self, line: impl AsRef<str>) {
        self.talk_unless_quiet(&Style::new().bold(), line.as_ref());
    }

    /// Shows a command that a person could type.
    pub(crate) fn command(&mut self, command: &str) {
        self.talk_unless_quiet(&Style::new().cyan(), &format!("$ {command}"));
    }

    /// Says something that should not be missed, even when told to be quiet.
    pub(crate) fn warn(&mut self, line: impl AsRef<str>) {
        self.talk(Some(("warning:", Style::new().yellow().bold())), &Style::new(), line.as_ref());
    }

    /// Says what went wrong and what to do.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        let label = ("error:", Style::new().red().bold());
        self.talk(Some(label), &Style::new(), &failure.message);
        for hint in &failure.hints {
            self.talk(Some(("  help:", Style::new().green())), &Style::new(), hint);
        }
    }

    /// Asks on standard error; the answer is read from standard input.
    pub(crate) async fn ask(&mut self, question: &str) -> io::Result<String> {
        write!(self.stderr, "{question}")?;
        self.stderr.flush()?;
        let (answered, answer) = oneshot::channel();
        // On a thread of its own, so that Ctrl-C is heard while nobody answers.
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = io::stdin().read_line(&mut line).map(|_| line);
            // Nobody waits for the answer after a signal.
            let _ = answered.send(read);
        });
        answer.await.map_err(io::Error::other)?
    }

    /// A bar that shows that a wait goes on; on terminals only.
    pub(crate) fn wait_bar(&self, deadline: std::time::Duration) -> WaitBar {
        WaitBar::new(self.err_terminal && !self.quiet, self.err_color, deadline)
    }

    fn paint(&self, style: &Style, text: &str) -> String {
        style.clone().force_styling(self.err_color).apply_to(text).to_string()
    }

    fn talk_unless_quiet(&mut self, style: &Style, text: &str) {
        if !self.quiet {
            self.talk(None, style, text);
        }
    }

    /// What is said may come from a server or a file, so it is made fit for a terminal.
    fn talk(&mut self, label: Option<(&str, Style)>, style: &Style, text: &str) {
        let label = label.map(|(label, style)| self.paint(&style, label) + " ").unwrap_or_default();
        let text = self.paint(style, &text::spoken(text));
        // If nobody hears us on standard error there is nobody to tell.
        let _ = writeln!(self.stderr, "{label}{text}");
    }
}

fn wants_color() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
