//! The first exchange on a new connection: log in, and probe.

use ::redis::{Cmd, ServerError, Value, cmd};
use futures_util::future::join_all;

use super::handle::ConnectionHandle;
use crate::{
    pipeline::Fault,
    redis::config::{address::Address, credentials::Login},
};

/// What proves that a new connection works.
#[derive(Clone, Copy)]
pub(in crate::redis) enum Probe<'a> {
    /// A look-up of this key. Only a look-up shows NOAUTH, LOADING and MASTERDOWN: on RESP2 a server accepts a
    /// connection without a password, and also while it still loads its dump.
    Get(&'a [u8]),
    /// The same, on a master: a Sentinel may name a server that it has not yet seen demoted.
    GetFromMaster(&'a [u8]),
    /// Any answer to PING: a Sentinel has no keys.
    Ping,
}

/// AUTH, SELECT, CLIENT SETNAME, HELLO and CLIENT TRACKING where keys are watched, and the probe, all in one round trip.
pub(super) struct Greeting<'a> {
    pub(super) address: &'a Address,
    pub(super) login: Option<&'a Login>,
    pub(super) probe: Probe<'a>,
    /// The server is asked to tell of changes.
    pub(super) is_tracking: bool,
}

/// A command of the greeting, and how its answer is checked.
struct Step {
    command: Cmd,
    /// Which refusals are ignored.
    is_harmless: fn(&ServerError) -> bool,
    check: fn(&Value) -> Result<(), Fault>,
    /// Whether its answer means that the server tells of changes; none says that by itself.
    agrees: Option<fn(&Value) -> bool>,
}

impl Greeting<'_> {
    /// # Errors
    /// The server did not answer.
    pub(super) async fn exchange(&self, handle: &ConnectionHandle) -> Result<Greeted, Fault> {
        match greet(handle, self.steps(true)).await? {
            // Before Redis 6 there were no users: AUTH takes only the password.
            Err(Refusal::Error(error)) if is_auth_without_users(&error) => {
                greet(handle, self.steps(false)).await
            }
            greeted => Ok(greeted),
        }
    }

    fn steps(&self, with_username: bool) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(login) = self.login {
            let mut auth = cmd("AUTH");
            auth.arg(login.username.as_deref().filter(|_| with_username)).arg(&*login.password);
            steps.push(Step::new(auth, is_password_not_needed));
        }
        if self.address.db != 0 {
            steps.push(Step::new(cmd("SELECT").arg(self.address.db).take(), |_| false));
        }
        if let Some(name) = &self.address.client_name {
            steps.push(Step::new(cmd("CLIENT").arg("SETNAME").arg(name).take(), |_| true));
        }
        if self.is_tracking {
            // After the login, so that a refusal costs no further round trip. RESP2 accepts CLIENT TRACKING too, but sends
            // no messages.
            let is_map = |answer: &Value| matches!(answer, Value::Map(_));
            steps.push(Step { agrees: Some(is_map), ..Step::new(cmd("HELLO").arg(3).take(), |_| true) });
            let track = cmd("CLIENT").arg("TRACKING").arg("ON").take();
            let is_ok = |answer: &Value| matches!(answer, Value::Okay);
            steps.push(Step { agrees: Some(is_ok), ..Step::new(track, |_| true) });
        }
        let get = |key| Step::new(cmd("GET").arg(key).take(), is_answer_to_a_look_up);
        match self.probe {
            Probe::Get(key) => steps.push(get(key)),
            Probe::GetFromMaster(key) => {
                steps.push(get(key));
                // A user who may not call ROLE is accepted: the poll of the Sentinels corrects a wrong master.
                steps.push(Step { check: is_master, ..Step::new(cmd("ROLE"), |_| true) });
            }
            Probe::Ping => steps.push(Step::new(cmd("PING"), |refusal| refusal.code() != "NOAUTH")),
        }
        steps
    }
}

impl Step {
    fn new(command: Cmd, is_harmless: fn(&ServerError) -> bool) -> Self {
        Self { command, is_harmless, check: |_| Ok(()), agrees: None }
    }
}

/// Whether the server tells of changes, or why it is of no use.
pub(super) type Greeted = Result<bool, Refusal>;

pub(super) enum Refusal {
    Error(ServerError),
    /// It answers, but is not what was looked for.
    Unfit(Fault),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Error(error) => Self::from(&error),
            Refusal::Unfit(fault) => fault,
        }
    }
}

/// Sends all steps before it reads an answer, and returns the first refusal that is not ignored. Each step is a
/// request of its own, because a server without a free client slot answers only once and closes the connection.
async fn greet(handle: &ConnectionHandle, steps: Vec<Step>) -> Result<Greeted, Fault> {
    let answers = join_all(steps.iter().map(|step| handle.ask(&step.command))).await;
    let mut agreed = 0;
    for (answer, step) in answers.into_iter().zip(&steps) {
        match answer? {
            Value::ServerError(refusal) if (step.is_harmless)(&refusal) => {}
            Value::ServerError(refusal) => return Ok(Err(Refusal::Error(refusal))),
            answer => {
                if let Err(fault) = (step.check)(&answer) {
                    return Ok(Err(Refusal::Unfit(fault)));
                }
                agreed += usize::from(step.agrees.is_some_and(|agrees| agrees(&answer)));
            }
        }
    }
    let asked = steps.iter().filter(|step| step.agrees.is_some()).count();
    Ok(Ok(asked > 0 && agreed == asked))
}

/// `ROLE` answers `["master", …]`.
fn is_master(answer: &Value) -> Result<(), Fault> {
    let role = match answer {
        Value::Array(parts) => parts.first(),
        _ => None,
    };
    match role {
        Some(Value::BulkString(role)) if role == b"master" => Ok(()),
        _ => Err(Fault::new("the server that Sentinel names as master is a replica")),
    }
}

/// The server does not ask for the password. ioredis ignores that too. The texts are those of Redis 6 and newer, and
/// of older versions.
fn is_password_not_needed(refusal: &ServerError) -> bool {
    refusal.details().is_some_and(|text| {
        text.contains("without any password configured") || text.contains("no password is set")
    })
}

fn is_auth_without_users(refusal: &ServerError) -> bool {
    refusal.details().is_some_and(|text| text.contains("wrong number of arguments for 'auth'"))
}

/// A refusal that concerns the key or the user's rights. The server answers look-ups, which will show it themselves.
/// CLUSTERDOWN may concern only the slot of the probe, while the node serves other slots.
fn is_answer_to_a_look_up(refusal: &ServerError) -> bool {
    matches!(refusal.code(), "NOPERM" | "WRONGTYPE" | "MOVED" | "ASK" | "CLUSTERDOWN")
}
