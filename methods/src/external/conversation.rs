//! What may be said when: hello, configure, then fit and save or load, then score, then quit.

use super::array::{read_maps, write_pictures};
use super::message::{Answer, Configuration, Fitted, Folder, Hello, Numbered, Pictures, Request, VERSION};
use super::options::Options;
use super::program::{Program, Silence};
use harness::contract::detector::{Anomaly, AnomalyMap};
use harness::contract::error::DetectorError;
use image::RgbImage;
use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A program that has said hello and is configured.
pub struct Conversation {
    program: RefCell<Program>,
    hello: Hello,
    /// What it is called in messages.
    command: String,
    patience: Duration,
    /// Where pictures lie for it to read, and where it may write.
    place: TempDir,
    asked: Cell<u64>,
}

impl Conversation {
    /// Starts the program and tells it what it needs to know.
    ///
    /// # Errors
    /// One sentence: what it said or did instead of what it should.
    pub fn start(options: &Options, configuration: Configuration) -> Result<Self, DetectorError> {
        let command = options.command.join(" ");
        let failed = |reason: String| DetectorError::Training(format!("`{command}`: {reason}"));
        let place = TempDir::with_prefix("shiftbench-").map_err(|reason| failed(reason.to_string()))?;
        let program = Program::start(&options.command)
            .map_err(|reason| failed(format!("cannot be started ({reason}); is it on the path?")))?;
        let work_dir = place.path().display().to_string();
        let (program, patience) = (RefCell::new(program), options.patience());
        let hello = Hello { version: VERSION, name: String::new(), identifier: String::new(), trains: false };
        let mut this = Self { program, hello, command, patience, place, asked: Cell::new(0) };
        this.hello = match this.hear("hello", None)? {
            Answer::Hello(hello) if hello.version == VERSION => hello,
            Answer::Hello(hello) => {
                let reason = format!("speaks version {} of the conversation, not {VERSION}", hello.version);
                return Err(this.broken(reason));
            }
            other => return Err(this.unexpected("hello", &other)),
        };
        let configuration = Configuration { work_dir, ..configuration };
        let id = this.ask(|id| Request::Configure(Numbered { id, what: configuration }))?;
        match this.hear("ready", Some(id))? {
            Answer::Ready { .. } => Ok(this),
            other => Err(this.unexpected("ready", &other)),
        }
    }

    /// What it calls itself.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// Has it learn from pictures `[count, height, width, 3]`.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn fit(
        &self,
        pictures: &[RgbImage],
        progress: &dyn Fn(usize, usize, Option<f64>),
    ) -> Result<Fitted, DetectorError> {
        let what = self.show(pictures)?;
        let id = self.ask(|id| Request::Fit(Numbered { id, what }))?;
        loop {
            match self.hear("done", Some(id))? {
                Answer::Progress { step, of, loss, .. } => {
                    if loss.is_some_and(|loss| !loss.is_finite()) {
                        return Err(self.broken(format!("its loss at step {step} is no number")));
                    }
                    // Steps count where they are prescribed; elsewhere they tell that it lives.
                    if self.hello.trains {
                        progress(step, of, loss);
                    }
                }
                Answer::Done { steps, parameters, .. } => {
                    return Ok(Fitted { steps: steps.filter(|_| self.hello.trains), parameters });
                }
                other => return Err(self.unexpected("progress or done", &other)),
            }
        }
    }

    /// Scores of pictures, and their maps of `side` x `side` values if it makes any.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn score(&self, pictures: &[RgbImage], side: u32) -> Result<Vec<Anomaly>, DetectorError> {
        let what = self.show(pictures)?;
        let id = self.ask(|id| Request::Score(Numbered { id, what }))?;
        let (scores, maps) = match self.hear("scores", Some(id))? {
            Answer::Scores { scores, maps, .. } => (scores, maps),
            other => return Err(self.unexpected("scores", &other)),
        };
        if scores.len() != pictures.len() {
            return Err(self.broken(format!("gave {} scores for {} pictures", scores.len(), pictures.len())));
        }
        let maps: Vec<Option<Vec<f32>>> = match maps {
            None => vec![None; scores.len()],
            Some(file) => {
                let path = self.place.path().join(file);
                let read = read_maps(&path, scores.len(), side).map_err(|reason| self.broken(reason))?;
                read.into_iter().map(Some).collect()
            }
        };
        let map = |values: Vec<f32>| AnomalyMap { width: side, height: side, values };
        let anomaly =
            |(score, values): (f64, Option<Vec<f32>>)| Anomaly { score: score as f32, map: values.map(map) };
        Ok(scores.into_iter().zip(maps).map(anomaly).collect())
    }

    /// Has it save what it learned.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        self.with_folder(folder, Request::Save)
    }

    /// Has it load what it saved.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn load(&self, folder: &Path) -> Result<(), DetectorError> {
        self.with_folder(folder, Request::Load)
    }

    fn with_folder(
        &self,
        folder: &Path,
        request: fn(Numbered<Folder>) -> Request,
    ) -> Result<(), DetectorError> {
        let folder = std::path::absolute(folder).map_err(|reason| DetectorError::state(folder, reason))?;
        let what = Folder { folder: folder.display().to_string() };
        let id = self.ask(|id| request(Numbered { id, what }))?;
        match self.hear("done", Some(id))? {
            Answer::Done { .. } => Ok(()),
            other => Err(self.unexpected("done", &other)),
        }
    }

    /// Pictures under a name that tells nothing.
    fn show(&self, pictures: &[RgbImage]) -> Result<Pictures, DetectorError> {
        let path = self.place.path().join("x.npy");
        write_pictures(&path, pictures)?;
        let (width, height) = pictures.first().map_or((0, 0), RgbImage::dimensions);
        Ok(Pictures { images: path.display().to_string(), count: pictures.len(), height, width })
    }

    /// Says a request under the next number.
    fn ask(&self, request: impl FnOnce(u64) -> Request) -> Result<u64, DetectorError> {
        let id = self.asked.get() + 1;
        self.asked.set(id);
        let line = serde_json::to_string(&request(id)).map_err(|reason| self.broken(reason.to_string()))?;
        let said = self.program.borrow_mut().say(&line);
        said.map(|()| id).map_err(|_| {
            let fate = self.program.borrow_mut().fate();
            self.broken(format!("does not listen: {fate}"))
        })
    }

    /// The next answer, which must be to request `id`.
    fn hear(&self, wanted: &str, id: Option<u64>) -> Result<Answer, DetectorError> {
        let line = self.program.borrow().hear(self.patience);
        let line = line.map_err(|silence| match silence {
            Silence::Overdue => {
                let seconds = self.patience.as_secs();
                self.broken(format!(
                    "said nothing for {seconds} s instead of '{wanted}'; option deadline gives it longer"
                ))
            }
            Silence::Ended => {
                let fate = self.program.borrow_mut().fate();
                self.broken(format!("{fate} instead of saying '{wanted}'"))
            }
        })?;
        let answer: Answer = serde_json::from_str(&line).map_err(|reason| {
            let line: String = line.chars().take(80).collect();
            self.broken(format!("said what is no answer ({reason}): {line}"))
        })?;
        match answer {
            Answer::Error { message } => Err(self.broken(format!("gave up: {message}"))),
            answer if answer.kind().1 == id => Ok(answer),
            answer => Err(self.unexpected(wanted, &answer)),
        }
    }

    fn unexpected(&self, wanted: &str, said: &Answer) -> DetectorError {
        let (kind, id) = said.kind();
        let number = |id: Option<u64>| id.map_or_else(String::new, |id| format!(" to request {id}"));
        let asked = self.asked.get();
        self.broken(format!("said '{kind}'{} instead of '{wanted}' to request {asked}", number(id)))
    }

    fn broken(&self, reason: String) -> DetectorError {
        DetectorError::Scoring(format!("`{}` {reason}", self.command))
    }
}
