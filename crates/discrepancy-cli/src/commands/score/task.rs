//! What is scored, and which losses fit it. The catalogue's data decide, never a list of names.

use crate::failure::{Failure, Outcome};
use discrepancy::catalog::{self, Arguments, DataDomain, Entry, Measure};
use std::fmt;

/// What kind of target there is, and in which form its prediction comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// A number and its prediction.
    Numbers,
    /// One of two classes and the logit (or another score) of the positive one.
    TwoClassLogits,
    /// One of two classes and the probability of the positive one.
    TwoClassProbabilities,
    /// One of several classes and a logit for each.
    ManyClassLogits,
    /// One of several classes and a probability for each.
    ManyClassProbabilities,
}

impl Task {
    const ALL: [Task; 5] = [
        Task::Numbers,
        Task::TwoClassLogits,
        Task::TwoClassProbabilities,
        Task::ManyClassLogits,
        Task::ManyClassProbabilities,
    ];

    /// The kind of target.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Task::Numbers => "numbers",
            Task::TwoClassLogits | Task::TwoClassProbabilities => "two classes",
            Task::ManyClassLogits | Task::ManyClassProbabilities => "many classes",
        }
    }
    /// The form of the prediction.
    pub(super) fn form(self) -> &'static str {
        match self {
            Task::Numbers => "prediction",
            Task::TwoClassLogits | Task::ManyClassLogits => "logits",
            Task::TwoClassProbabilities | Task::ManyClassProbabilities => "probabilities",
        }
    }
    /// Whether there are two classes.
    pub(super) fn two_classes(self) -> bool {
        matches!(self, Task::TwoClassLogits | Task::TwoClassProbabilities)
    }
    /// Whether a prediction is a row of numbers.
    pub(super) fn many_classes(self) -> bool {
        matches!(self, Task::ManyClassLogits | Task::ManyClassProbabilities)
    }
    /// What has to be typed for it.
    fn options(self) -> &'static str {
        match self {
            Task::Numbers => "--prediction COL with a number as the target",
            Task::TwoClassLogits => "--logits COL with one of two classes as the target",
            Task::TwoClassProbabilities => "--probability COL with one of two classes as the target",
            Task::ManyClassLogits => "--logits COL,COL,… with a class 0, 1, … as the target",
            Task::ManyClassProbabilities => "--probability COL,COL,… with a class 0, 1, … as the target",
        }
    }

    /// Whether the entry takes such predictions and targets.
    fn takes(self, entry: &Entry, measure: &Measure) -> bool {
        let class = |domain| matches!(domain, DataDomain::Signs | DataDomain::Binary) || domain == DataDomain::UNIT;
        let number = |domain| matches!(domain, DataDomain::Real | DataDomain::Within(_)) && domain != DataDomain::UNIT;
        let (prediction, target) = (entry.prediction, entry.target);
        match (self, measure) {
            (Task::Numbers, Measure::Pointwise(_)) => number(prediction) && number(target),
            (Task::TwoClassLogits, Measure::Pointwise(_)) => prediction == DataDomain::Real && class(target),
            (Task::TwoClassProbabilities, Measure::Pointwise(_)) => prediction == DataDomain::UNIT && class(target),
            (Task::ManyClassLogits, Measure::Row(_)) => prediction == DataDomain::Real,
            (Task::ManyClassProbabilities, Measure::Row(_)) => prediction == DataDomain::Probabilities,
            _ => false,
        }
    }

    /// Whether it takes all such predictions and targets, so that it can be chosen unseen.
    fn takes_all(self, entry: &Entry, measure: &Measure) -> bool {
        let narrow = |domain| matches!(domain, DataDomain::Within(_)) && domain != DataDomain::UNIT;
        self.takes(entry, measure) && !narrow(entry.prediction) && !narrow(entry.target)
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Task::Numbers => f.write_str("numbers"),
            task => write!(f, "{} with {}", task.kind(), task.form()),
        }
    }
}

/// A loss with its parameters.
#[derive(Clone, Debug)]
pub(super) struct Loss {
    pub(super) entry: &'static Entry,
    pub(super) arguments: Arguments,
    /// As it could be typed; the name in all output.
    pub(super) spec: String,
}

/// The losses that were asked for, or else all that fit.
pub(super) fn losses(task: Task, specs: &[String]) -> Outcome<Vec<Loss>> {
    let mut chosen: Vec<Loss> = Vec::new();
    for spec in specs {
        let usage = |error| Failure::usage(format!("--loss {spec}: {error}"));
        let (entry, arguments) = catalog::spec::parse(spec).map_err(usage)?;
        let measure = entry.make(&arguments).map_err(usage)?;
        if !task.takes(entry, &measure) {
            return Err(Failure::usage(misfit(task, entry, &measure)));
        }
        let loss = Loss { entry, spec: entry.spec(&arguments), arguments };
        if chosen.iter().any(|other| other.spec == loss.spec) {
            return Err(Failure::usage(format!("--loss {spec}: {} is given twice", loss.spec)));
        }
        chosen.push(loss);
    }
    if specs.is_empty() {
        for entry in catalog::entries() {
            let arguments = entry.defaults();
            if task.takes_all(entry, &entry.make(&arguments)?) {
                chosen.push(Loss { entry, spec: entry.spec(&arguments), arguments });
            }
        }
    }
    Ok(chosen)
}

/// Why a loss cannot be had, and what can.
fn misfit(task: Task, entry: &Entry, measure: &Measure) -> String {
    let other: Vec<&str> =
        Task::ALL.iter().filter(|task| task.takes(entry, measure)).map(|task| task.options()).collect();
    let why = if other.is_empty() {
        format!("it is a {} and does not score one prediction against one target", entry.family)
    } else {
        let (prediction, target) = (entry.prediction, entry.target);
        format!("its prediction is {prediction}, its target {target}; it takes {}", other.join(" or "))
    };
    let fitting = catalog::entries().filter(|entry| entry.make(&entry.defaults()).is_ok_and(|m| task.takes(entry, &m)));
    let fitting: Vec<&str> = fitting.map(|entry| entry.name).collect();
    format!("--loss {} does not fit {task}: {why}; those that fit: {}", entry.name, fitting.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Loss, Task, losses};
    use discrepancy::catalog::{self, Measure};

    /// Every pointwise and row loss has a task, and exactly one.
    #[test]
    fn every_loss_has_one_task() {
        for entry in catalog::entries() {
            let measure = entry.make(&entry.defaults()).unwrap_or_else(|e| unreachable!("{e}"));
            let tasks: Vec<Task> = Task::ALL.into_iter().filter(|task| task.takes(entry, &measure)).collect();
            let scored = matches!(measure, Measure::Pointwise(_) | Measure::Row(_));
            assert_eq!(tasks.len(), usize::from(scored), "{}: {tasks:?}", entry.name);
            for task in Task::ALL {
                assert_eq!(losses(task, &[entry.name.to_owned()]).is_ok(), tasks.contains(&task), "{}", entry.name);
            }
        }
    }

    #[test]
    fn every_task_has_losses() {
        for task in Task::ALL {
            let chosen: Vec<Loss> = losses(task, &[]).unwrap_or_default();
            assert!(!chosen.is_empty(), "{task}");
        }
    }
}
