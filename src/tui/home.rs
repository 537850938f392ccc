//! Home: runs under way, what is due, the runbooks here, recent runs. Chooses; opens nothing itself.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Size;

use super::around::{self, Binding, Gesture, MOVING, Press, bind, key};
use super::field::Field;
use super::terminal::{Input, Terminal, TuiError};
use super::theme::Theme;
use super::view;
use crate::journal::{Outcome, RunId, Timestamp};

/// How a run stands, as far as one can see from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// A command runs; where.
    Running(String),
    /// It waits for an answer; where.
    Waiting(String),
    /// Nobody was there to answer; what is asked.
    Held(String),
    /// It failed or halted; where.
    Halted(String),
    /// Its supervisor is gone: attaching takes it up again.
    Interrupted(String),
    /// It ended.
    Ended(Outcome),
    /// Its journal is damaged; what was found.
    Damaged(String),
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunLine {
    /// Its id.
    pub id: RunId,
    /// Its runbook's title.
    pub title: String,
    /// What is being upgraded.
    pub subject: String,
    /// Version before; may be empty.
    pub from: String,
    /// Version after; may be empty.
    pub to: String,
    /// Who began it.
    pub operator: String,
    /// How it stands.
    pub standing: Standing,
    /// When it began.
    pub started: Timestamp,
    /// From its first entry to its last.
    pub duration_ms: u64,
}

/// Something due after a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUpLine {
    /// `2026-11-22`; empty where no date is known.
    pub due: String,
    /// Of which subject.
    pub subject: String,
    /// What is to be done.
    pub text: String,
    /// Whether its time has come.
    pub is_due: bool,
    /// The run it came from, if that is known.
    pub run: Option<RunId>,
}

/// A runbook in this folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunbookLine {
    /// Where it is.
    pub path: PathBuf,
    /// Its title.
    pub title: String,
    /// How many steps it has.
    pub steps: usize,
    /// How many commands that can be run.
    pub commands: usize,
    /// How many findings of lint are errors.
    pub errors: usize,
    /// Its last run.
    pub last: Option<LastRun>,
}

/// When a runbook was last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRun {
    /// When it began.
    pub started: Timestamp,
    /// How it ended; `None` while it has not.
    pub outcome: Option<Outcome>,
}

/// Everything home shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HomeData {
    /// `ada on vps-3`
    pub operator: String,
    /// Where the runbooks were looked for.
    pub folder: String,
    /// Runs that have not ended, newest first.
    pub under_way: Vec<RunLine>,
    /// What is due, the most urgent first.
    pub follow_ups: Vec<FollowUpLine>,
    /// The runbooks here.
    pub runbooks: Vec<RunbookLine>,
    /// Runs that ended, newest first.
    pub recent: Vec<RunLine>,
}

/// What the operator chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HomeChoice {
    /// Go to where this run is.
    Attach(RunId),
    /// Look at this runbook and perhaps begin a run of it.
    Open(PathBuf),
    /// Review this run.
    Review(RunId),
    /// Leave.
    Quit,
}

/// A line of home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row<'a> {
    /// The title of a group.
    Heading(&'static str),
    /// Nothing is in the group; what that means.
    Empty(&'static str),
    /// Between groups.
    Space,
    /// A run.
    Run(&'a RunLine),
    /// Something due.
    FollowUp(&'a FollowUpLine),
    /// A runbook.
    Runbook(&'a RunbookLine),
}

impl Row<'_> {
    /// Whether the cursor can stand on it.
    pub fn is_choice(&self) -> bool {
        !matches!(self, Self::Heading(_) | Self::Empty(_) | Self::Space)
    }

    fn words(&self) -> String {
        match self {
            Self::Run(run) => [&*run.subject, &*run.title, &*run.from, &*run.to, &*run.id.0].join(" "),
            Self::FollowUp(due) => [&*due.due, &*due.subject, &*due.text].join(" "),
            Self::Runbook(book) => format!("{} {}", book.path.display(), book.title),
            Self::Heading(_) | Self::Empty(_) | Self::Space => String::new(),
        }
    }
}

/// The state of the screen.
#[derive(Debug)]
pub struct HomeUi {
    /// Glyphs and styles.
    pub theme: Theme,
    /// The terminal's size.
    pub size: Size,
    /// What is shown.
    pub data: HomeData,
    /// Which of the choices the cursor stands on, from 0.
    pub cursor: usize,
    /// Only lines with these words are shown.
    pub filter: Field,
    /// Whether the filter is being typed.
    pub filtering: bool,
    /// Whether help is shown, and how far it is scrolled.
    pub help: Option<u16>,
}

const KEYS: [Binding; 5] = [
    bind(
        &[Press::Plain(KeyCode::Enter), Press::Plain(KeyCode::Right), key('l')],
        Gesture::Choose,
        "open",
        "open what is under the cursor",
    ),
    bind(&[key('/')], Gesture::Find, "filter", "show only lines with these words"),
    bind(&[Press::Plain(KeyCode::Esc)], Gesture::Leave, "", "show all lines again"),
    bind(&[key('q'), Press::Control('c')], Gesture::Quit, "quit", "quit"),
    bind(&[key('?')], Gesture::Help, "help", "this help"),
];

impl HomeUi {
    /// The screen as it opens.
    pub fn new(theme: Theme, size: Size, data: HomeData) -> Self {
        Self { theme, size, data, cursor: 0, filter: Field::line(""), filtering: false, help: None }
    }

    /// The keys that work.
    pub fn bindings(&self) -> Vec<Binding> {
        let (first, rest) = KEYS.split_at(3);
        let mut bindings = [first, &MOVING, rest].concat();
        bindings.retain(|binding| match binding.gesture {
            Gesture::Quit | Gesture::Help => true,
            Gesture::Leave => !self.filter.is_blank(),
            _ => !self.is_bare(),
        });
        bindings
    }

    /// Whether there is nothing to choose, filter or no filter.
    pub fn is_bare(&self) -> bool {
        let data = &self.data;
        data.under_way.is_empty()
            && data.follow_ups.is_empty()
            && data.runbooks.is_empty()
            && data.recent.is_empty()
    }

    /// All lines, the filter applied.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let data = &self.data;
        let groups: [(&str, Vec<Row<'_>>, &str); 4] = [
            ("Under way", data.under_way.iter().map(Row::Run).collect(), ""),
            ("Follow-ups", data.follow_ups.iter().map(Row::FollowUp).collect(), ""),
            (
                "Runbooks here",
                data.runbooks.iter().map(Row::Runbook).collect(),
                "no Markdown file with commands in this folder",
            ),
            ("Recent runs", data.recent.iter().map(Row::Run).collect(), "none yet"),
        ];
        let mut rows = Vec::new();
        for (heading, lines, empty) in groups {
            let kept: Vec<Row<'_>> = lines.into_iter().filter(|row| self.keeps(row)).collect();
            let said = if self.filter.is_blank() { empty } else { "" };
            if kept.is_empty() && said.is_empty() {
                continue;
            }
            if !rows.is_empty() {
                rows.push(Row::Space);
            }
            rows.push(Row::Heading(heading));
            if kept.is_empty() {
                rows.push(Row::Empty(said));
            }
            rows.extend(kept);
        }
        rows
    }

    fn keeps(&self, row: &Row<'_>) -> bool {
        let words = row.words().to_lowercase();
        self.filter.text().to_lowercase().split_whitespace().all(|wanted| words.contains(wanted))
    }

    /// The line under the cursor.
    pub fn chosen(&self) -> Option<Row<'_>> {
        self.rows().into_iter().filter(Row::is_choice).nth(self.cursor)
    }

    fn choice(&self) -> Option<HomeChoice> {
        match self.chosen()? {
            Row::Run(run) if matches!(run.standing, Standing::Ended(_) | Standing::Damaged(_)) => {
                Some(HomeChoice::Review(run.id.clone()))
            }
            Row::Run(run) => Some(HomeChoice::Attach(run.id.clone())),
            Row::FollowUp(due) => due.run.clone().map(HomeChoice::Review),
            Row::Runbook(book) => Some(HomeChoice::Open(book.path.clone())),
            Row::Heading(_) | Row::Empty(_) | Row::Space => None,
        }
    }
}

/// Takes a key in; `Some` ends the screen.
pub fn update(ui: &mut HomeUi, event: KeyEvent) -> Option<HomeChoice> {
    if ui.filtering {
        match event.code {
            KeyCode::Enter => ui.filtering = false,
            KeyCode::Esc => clear_filter(ui),
            _ => {
                ui.filter.key(event);
                ui.cursor = 0;
            }
        }
        return None;
    }
    let gesture = around::gesture(&ui.bindings(), event)?;
    if let Some(scroll) = ui.help {
        ui.help = around_help(scroll, gesture);
        return None;
    }
    match gesture {
        Gesture::Choose => return ui.choice(),
        Gesture::Quit => return Some(HomeChoice::Quit),
        Gesture::Find => ui.filtering = true,
        Gesture::Leave => clear_filter(ui),
        Gesture::Help => ui.help = Some(0),
        moving => {
            let count = ui.rows().iter().filter(|row| row.is_choice()).count();
            ui.cursor = around::moved(ui.cursor, count, moving, usize::from(ui.size.height / 2));
        }
    }
    None
}

fn clear_filter(ui: &mut HomeUi) {
    ui.filter.set_text("");
    ui.filtering = false;
    ui.cursor = 0;
}

/// Help scrolls, and any other key closes it.
pub(super) fn around_help(scroll: u16, gesture: Gesture) -> Option<u16> {
    match gesture {
        Gesture::Up => Some(scroll.saturating_sub(1)),
        Gesture::Down => Some(scroll.saturating_add(1).min(64)),
        _ => None,
    }
}

/// Shows home until something is chosen.
pub async fn home(terminal: &mut Terminal, data: HomeData) -> Result<HomeChoice, TuiError> {
    let mut ui = HomeUi::new(terminal.theme(), terminal.size(), data);
    loop {
        ui.size = terminal.size();
        terminal.draw(|frame| view::home::draw(frame, &ui))?;
        match terminal.next().await {
            Input::Key(event) => {
                if let Some(choice) = update(&mut ui, event) {
                    return Ok(choice);
                }
            }
            Input::Paste(text) if ui.filtering => ui.filter.paste(&text),
            Input::Gone => return Ok(HomeChoice::Quit),
            Input::Paste(_) | Input::Mouse(_) | Input::Resized => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;
    use crate::tui::theme::Colour;

    fn run(subject: &str, standing: Standing) -> RunLine {
        RunLine {
            id: RunId(subject.to_owned()),
            title: "Upgrade".to_owned(),
            subject: subject.to_owned(),
            from: String::new(),
            to: String::new(),
            operator: String::new(),
            standing,
            started: Timestamp::from_unix_ms(0),
            duration_ms: 0,
        }
    }

    fn book(path: &str) -> RunbookLine {
        let path = PathBuf::from(path);
        RunbookLine { path, title: String::new(), steps: 1, commands: 1, errors: 0, last: None }
    }

    /// These keys, one after the other, end home with this choice.
    #[track_caller]
    fn check(keys: &[KeyCode], expected: Option<&HomeChoice>) {
        let data = HomeData {
            under_way: vec![run("alpha", Standing::Waiting("1".to_owned()))],
            runbooks: vec![book("a.md"), book("b.md")],
            recent: vec![run("old", Standing::Ended(Outcome::Success))],
            ..HomeData::default()
        };
        let mut ui = HomeUi::new(Theme::unicode(Colour::None), Size::new(80, 24), data);
        let pressed = |code: &KeyCode| KeyEvent::new(*code, KeyModifiers::NONE);
        let choice = keys.iter().fold(None, |choice, code| choice.or(update(&mut ui, pressed(code))));
        assert_eq!(choice.as_ref(), expected, "{keys:?}");
    }

    #[test]
    fn keys_choose_what_they_say() {
        use KeyCode::{Char, Down, Enter, Esc};
        let attach = || Some(HomeChoice::Attach(RunId("alpha".to_owned())));
        let review = || Some(HomeChoice::Review(RunId("old".to_owned())));
        let open = |path: &str| Some(HomeChoice::Open(PathBuf::from(path)));
        check(&[Enter], attach().as_ref());
        check(&[Down, Enter], open("a.md").as_ref());
        check(&[Char('j'), Char('j'), Enter], open("b.md").as_ref());
        check(&[Char('G'), Enter], review().as_ref());
        check(&[Char('G'), Down, Down, Char('g'), Enter], attach().as_ref());
        check(&[Char('q')], Some(&HomeChoice::Quit));
        check(&[Char('/'), Char('b'), Char('.'), Enter, Enter], open("b.md").as_ref());
        check(&[Char('/'), Char('q'), Esc, Enter], attach().as_ref());
        check(&[Char('/'), Char('z'), Char('z'), Enter, Enter], None);
        check(&[Char('?'), Enter], None);
        check(&[Char('?'), Char('q'), Enter], attach().as_ref());
    }
}
