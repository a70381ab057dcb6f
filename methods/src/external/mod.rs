//! A detector in another language: a program that is told what to do, line by line, and answers.
//!
//! The program is started anew for each training and for each trained state that is tested. Whatever it is given to see
//! are arrays of pictures in the frame of the network, under names that tell nothing; labels, masks, paths and test
//! pictures while it learns are not among them. `docs/external.md` has the conversation line by line.

mod array;
mod conversation;
mod identity;
mod message;
mod options;
mod program;

pub use options::Options;

use conversation::Conversation;
use harness::contract::state;
use harness::prelude::*;
use message::{Configuration, Fitted, Hello};
use rand::RngExt;
use std::path::Path;

/// In the folder of a trained state, what the program called itself.
const NAME: &str = "program.json";

/// The plugin.
pub struct External {
    options: Options,
    configuration: Configuration,
    /// From training, or loading, on.
    program: Option<Conversation>,
    parameters: Option<u64>,
    steps: bool,
}

impl External {
    /// The program, started and configured.
    fn start(&mut self, configuration: Configuration) -> Result<&mut Conversation, DetectorError> {
        self.program = None;
        let conversation = Conversation::start(&self.options, configuration)?;
        self.steps = conversation.hello().trains;
        Ok(self.program.insert(conversation))
    }
}

impl Detector for External {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.configuration.image_size)
    }

    fn fit(&mut self, train: &TrainingSet, context: &FitContext<'_>) -> Result<(), DetectorError> {
        let budget = match context.schedule {
            Schedule::Equal { steps, batch } => Some(Budget { steps, batch }),
            Schedule::Own { .. } => None,
        };
        let configuration = Configuration {
            // What every language can hold as a number of its own.
            seed: context.random.stream("external", "").random::<u64>() >> 11,
            protocol: if budget.is_some() { "strict" } else { "released" },
            steps: budget.map(|budget| budget.steps),
            batch: budget.map(|budget| budget.batch),
            ..self.configuration.clone()
        };
        let program = self.start(configuration)?;
        let Fitted { steps, parameters } = program.fit(&train.pictures, context.progress)?;
        if let Some(steps) = steps {
            (context.progress)(steps, steps, None);
        }
        self.parameters = parameters;
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let side = self.configuration.image_size;
        let program = self.program.as_mut();
        program.ok_or_else(|| DetectorError::Scoring("was not trained".into()))?.score(pictures, side)
    }

    fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        let Some(program) = &self.program else { return Ok(()) };
        program.save(folder)?;
        state::write(&folder.join(NAME), &json(program.hello()))
    }

    fn load(&mut self, folder: &Path) -> Result<(), DetectorError> {
        let path = folder.join(NAME);
        let trained = std::fs::read(&path).map_err(|reason| DetectorError::state(&path, reason))?;
        let configuration = self.configuration.clone();
        let program = self.start(configuration)?;
        if json(program.hello()) != trained {
            let reason = format!("the program calls itself {} now; train again", program.hello().identifier);
            return Err(DetectorError::state(&path, reason));
        }
        program.load(folder)
    }

    fn parameters(&self) -> Option<u64> {
        self.parameters
    }

    fn takes_steps(&self) -> bool {
        self.steps
    }
}

fn json(hello: &Hello) -> Vec<u8> {
    serde_json::to_vec(hello).unwrap_or_default()
}

impl DetectorPlugin for External {
    const NAME: &'static str = "external";
    const SUMMARY: &'static str =
        "a program of your own, in any language, that learns and scores when it is told";
    const PAPER: &'static str = "yours";
    const REVISION: u32 = 1;
    const STATE: &'static str = "what the program saves";
    const DEFAULTS_SUFFICE: bool = false;
    const SEPARATION: Option<Separation> = None;
    type Options = Options;

    fn check(options: &Options) -> Result<(), DetectorError> {
        options.check()
    }

    fn outside(options: &Options) -> Result<Option<String>, DetectorError> {
        identity::of(options).map(Some)
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        let configuration = Configuration {
            options: options.given(),
            image_size: context.image_size,
            device: context.device.to_string(),
            threads: rayon::current_num_threads(),
            protocol: "released",
            ..Configuration::default()
        };
        Ok(Box::new(Self { options, configuration, program: None, parameters: None, steps: false }))
    }
}

inventory::submit! { DetectorEntry::of::<External>() }
