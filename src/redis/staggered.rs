//! Asks several servers, where one answer is enough.

use std::time::Duration;

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time::timeout;

use crate::pipeline::Fault;

/// An error shows the faults of this many servers.
const SHOWN_FAULTS: usize = 4;

/// Starts one attempt after another. The next one starts as soon as one has failed or has been silent for `stagger`,
/// so that neither a dead nor a hung server delays the others. The first success counts.
///
/// # Errors
/// The faults of all attempts, joined.
pub(super) async fn first_of<T>(
    attempts: Vec<impl Future<Output = Result<T, Fault>>>,
    stagger: Duration,
) -> Result<T, Fault> {
    let mut attempts = attempts.into_iter();
    let mut running = FuturesUnordered::new();
    let mut faults = Vec::new();
    loop {
        running.extend(attempts.next());
        match timeout(stagger, running.next()).await {
            Ok(Some(Ok(success))) => return Ok(success),
            Ok(Some(Err(fault))) => faults.push(fault),
            Ok(None) => return Err(joined(&faults)),
            Err(_silent) => {}
        }
    }
}

fn joined(faults: &[Fault]) -> Fault {
    match faults {
        [fault] => fault.clone(),
        faults => {
            let texts: Vec<_> = faults.iter().take(SHOWN_FAULTS).map(Fault::to_string).collect();
            let text = texts.join("; ");
            if faults.iter().all(Fault::is_unreachable) { Fault::unreachable(text) } else { Fault::new(text) }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use futures_util::future::{BoxFuture, ready};

    use super::*;

    type Attempt = BoxFuture<'static, Result<u32, Fault>>;

    fn fails(text: &str) -> Attempt {
        Box::pin(ready(Err(Fault::new(text))))
    }

    async fn first(attempts: Vec<Attempt>) -> Result<u32, Fault> {
        first_of(attempts, Duration::from_millis(1)).await
    }

    #[tokio::test]
    async fn the_first_success_counts() {
        let hung = || -> Attempt { Box::pin(pending()) };
        let gives = |number| -> Attempt { Box::pin(ready(Ok(number))) };
        assert_eq!(first(vec![gives(1), gives(2)]).await, Ok(1));
        assert_eq!(first(vec![fails("a"), hung(), hung(), fails("b"), gives(2)]).await, Ok(2));
    }

    #[tokio::test]
    async fn all_attempts_fail() {
        assert_eq!(first(vec![fails("a")]).await, Err(Fault::new("a")));
        assert_eq!(first(vec![fails("a"), fails("b")]).await, Err(Fault::new("a; b")));
        assert_eq!(first(vec![Box::pin(ready(Err(Fault::Closed)))]).await, Err(Fault::Closed));
        let many = (0..9).map(|number| fails(&number.to_string())).collect();
        assert_eq!(first(many).await, Err(Fault::new("0; 1; 2; 3")));
    }

    #[test]
    fn all_are_out_of_reach_only_together() {
        let gone = || Fault::unreachable("refused");
        assert!(joined(&[gone(), gone()]).is_unreachable());
        assert!(!joined(&[gone(), Fault::new("WRONGPASS")]).is_unreachable());
    }

    #[tokio::test]
    async fn one_that_hangs_is_still_waited_for() {
        let late: Attempt = Box::pin(async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(7)
        });
        assert_eq!(first(vec![late, fails("a")]).await, Ok(7));
    }
}
