//! All printing: results to standard output, messages to standard error.

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

/// The streams for a command's results and messages.
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
    stdout_state: StdoutState,
}

/// The state of standard output.
enum StdoutState {
    Open,
    /// The reader closed it; further results are discarded.
    Closed,
    Failed(io::Error),
}

impl Output {
    /// Standard output and standard error, configured by the options and the terminal.
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
            stdout_state: StdoutState::Open,
        }
    }

    /// Tables and messages on standard output together, for the demo.
    pub(crate) fn single_stream(global: &Global) -> Self {
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

    /// Whether results are printed as tables, which may leave rows out.
    pub(crate) fn is_table(&self) -> bool {
        self.format == Format::Table
    }

    /// Whether items of a list are printed as they arrive instead of being collected.
    pub(crate) fn is_streaming(&self) -> bool {
        self.format == Format::Jsonl
    }

    /// Prints one item of a streamed list; returns whether standard output is still open.
    pub(crate) fn stream(&mut self, row: &Value) -> bool {
        self.print(&text::json_line(row));
        matches!(self.stdout_state, StdoutState::Open)
    }

    /// Prints a result that is already text.
    pub(crate) fn text(&mut self, text: &str) {
        self.print(text);
    }

    fn print(&mut self, text: &str) {
        if !matches!(self.stdout_state, StdoutState::Open) {
            return;
        }
        if let Err(error) =
            self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush())
        {
            self.stdout_state = match error.kind() {
                io::ErrorKind::BrokenPipe => StdoutState::Closed,
                _ => StdoutState::Failed(error),
            };
        }
    }

    /// Reports a failure to write results, such as a full disk. A closed pipe is not a failure.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        match std::mem::replace(&mut self.stdout_state, StdoutState::Closed) {
            StdoutState::Open | StdoutState::Closed => Ok(()),
            StdoutState::Failed(error) => {
                Err(Failure::local(format!("cannot write the result: {error}")))
            }
        }
    }

    /// Prints a line to standard error, unless `--quiet`.
    pub(crate) fn info(&mut self, line: impl AsRef<str>) {
        self.print_unless_quiet(&Style::new(), line.as_ref());
    }

    /// Prints a line to standard error in bold, unless `--quiet`.
    pub(crate) fn heading(&mut self, line: impl AsRef<str>) {
        self.print_unless_quiet(&Style::new().bold(), line.as_ref());
    }

    /// Prints a command line, unless `--quiet`.
    pub(crate) fn command(&mut self, command: &str) {
        self.print_unless_quiet(&Style::new().cyan(), &format!("$ {command}"));
    }

    /// Prints a warning, even with `--quiet`.
    pub(crate) fn warn(&mut self, line: impl AsRef<str>) {
        self.print_message(
            Some(("warning:", Style::new().yellow().bold())),
            &Style::new(),
            line.as_ref(),
        );
    }

    /// Prints an error and its hints.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        let label = ("error:", Style::new().red().bold());
        self.print_message(Some(label), &Style::new(), &failure.message);
        for hint in &failure.hints {
            self.print_message(Some(("  help:", Style::new().green())), &Style::new(), hint);
        }
    }

    /// Prints a prompt to standard error and reads the reply from standard input.
    pub(crate) async fn prompt(&mut self, question: &str) -> io::Result<String> {
        write!(self.stderr, "{question}")?;
        self.stderr.flush()?;
        let (sender, reply) = oneshot::channel();
        // On a thread, so that Ctrl-C works while the read blocks.
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = io::stdin().read_line(&mut line).map(|_| line);
            // Fails if a signal has ended the prompt.
            let _ = sender.send(read);
        });
        reply.await.map_err(io::Error::other)?
    }

    /// A progress bar for a wait, visible only on terminals.
    pub(crate) fn wait_bar(&self, deadline: std::time::Duration) -> WaitBar {
        WaitBar::new(self.err_terminal && !self.quiet, self.err_color, deadline)
    }

    fn paint(&self, style: &Style, text: &str) -> String {
        style.clone().force_styling(self.err_color).apply_to(text).to_string()
    }

    fn print_unless_quiet(&mut self, style: &Style, text: &str) {
        if !self.quiet {
            self.print_message(None, style, text);
        }
    }

    /// Escapes control characters, since messages may quote a server or a file.
    fn print_message(&mut self, label: Option<(&str, Style)>, style: &Style, text: &str) {
        let label = label.map(|(label, style)| self.paint(&style, label) + " ").unwrap_or_default();
        let text = self.paint(style, &text::plain_lines(text));
        // If standard error fails, there is nowhere left to report.
        let _ = writeln!(self.stderr, "{label}{text}");
    }
}

fn wants_color() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
