//! Verdicts to the JS thread: one threadsafe function an environment, one wake-up for many verdicts.

use std::{
    cell::{Cell, OnceCell, RefCell},
    io,
    rc::Rc,
    sync::Arc,
};

use napi::{
    Env, Status,
    bindgen_prelude::{Function, Int32Array, Unknown},
    sys,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode, UnknownReturnValue},
};
use napi_derive::napi;
use tokio::runtime::Handle;

use crate::{
    core::outbox::{HAS_VALUE, Outbox, PAGE_ROWS, SAME_VALUE},
    node::{io_thread::IoThread, raw},
    redis_store::{Inbox, Stores},
};

/// Numbers in the row buffer: a count, then ticket and outcome of each row.
const ROW_NUMBERS: usize = 1 + 2 * PAGE_ROWS;

/// `() => void`: asks JavaScript to drain. Not error-first, and weak: it keeps no process alive by
/// itself; [`Host::expect`] refers to it exactly while verdicts are outstanding.
type OnWake = ThreadsafeFunction<(), UnknownReturnValue, (), Status, false, true>;

/// What all authorizers of an environment share. Lives on the JS thread.
pub struct Host {
    on_wake: Arc<OnWake>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) rows: RefCell<Int32Array>,
    /// Look-ups submitted and not yet delivered.
    outstanding: Cell<usize>,
    /// Verdicts are being delivered: the app may submit many look-ups, so the I/O thread is woken at the end.
    delivering: Cell<bool>,
    filled_meanwhile: RefCell<Vec<Arc<Inbox>>>,
    /// Connections to Redis, one a target.
    pub(super) stores: Stores,
    io: OnceCell<IoThread>,
}

impl Host {
    /// Where to spawn what does I/O. The thread starts with the first call.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn io(&self) -> io::Result<&Handle> {
        if self.io.get().is_none() {
            _ = self.io.set(IoThread::start()?);
        }
        self.io.get().map(IoThread::handle).ok_or_else(|| io::Error::other("the I/O thread did not start"))
    }

    /// One more verdict is to come: with the first, the process stays alive for it.
    pub(super) fn expect(&self, env: sys::napi_env) {
        let outstanding = self.outstanding.get();
        if outstanding == 0 {
            raw::refer(env, self.on_wake.raw());
        }
        self.outstanding.set(outstanding + 1);
    }

    /// `count` verdicts have come: with the last, the process may end.
    pub(super) fn delivered(&self, env: sys::napi_env, count: usize) {
        let outstanding = self.outstanding.get().saturating_sub(count);
        if outstanding == 0 && self.outstanding.get() > 0 {
            raw::unrefer(env, self.on_wake.raw());
        }
        self.outstanding.set(outstanding);
    }

    /// A queue that was empty has an item: wakes its reader, but only after a delivery that is under way.
    pub(super) fn filled(&self, inbox: &Arc<Inbox>) {
        if self.delivering.get() {
            self.filled_meanwhile.borrow_mut().push(Arc::clone(inbox));
        } else {
            inbox.wake();
        }
    }

    pub(super) fn begin_delivery(&self) {
        self.delivering.set(true);
    }

    pub(super) fn end_delivery(&self) {
        self.delivering.set(false);
        self.filled_meanwhile.borrow_mut().drain(..).for_each(|inbox| inbox.wake());
    }
}

/// How rows cross.
#[napi(object, object_from_js = false)]
pub struct RowLayout {
    /// Numbers that the array for rows holds: a count, then ticket and outcome of each row of a page.
    pub numbers: u32,
    /// Bit of an outcome's number: a value belongs to it, the next one.
    pub has_value: i32,
    /// Bit beside it: the value is that of the row before.
    pub same_value: i32,
}

/// The way of verdicts into JavaScript.
#[napi]
pub struct Delivery {
    pub(super) host: Rc<Host>,
}

#[napi]
impl Delivery {
    /// How rows cross, the same for all.
    #[napi(catch_unwind)]
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "some thousand numbers")]
    pub fn layout() -> RowLayout {
        RowLayout { numbers: ROW_NUMBERS as u32, has_value: HAS_VALUE, same_value: SAME_VALUE }
    }

    /// `onWake` is called when verdicts wait; it calls `drain` until `rows[0]` is 0. `rows` holds as many
    /// numbers as `layout` says.
    ///
    /// # Errors
    /// `rows` has another length.
    #[napi(constructor, catch_unwind)]
    #[allow(clippy::needless_pass_by_value, reason = "napi gives arguments away")]
    pub fn new(on_wake: Function<'_, (), UnknownReturnValue>, rows: Int32Array) -> napi::Result<Self> {
        if rows.len() != ROW_NUMBERS {
            return Err(napi::Error::new(
                Status::InvalidArg,
                format!("rows must hold {ROW_NUMBERS} numbers"),
            ));
        }
        let on_wake: Arc<OnWake> = Arc::new(
            on_wake
                .build_threadsafe_function::<()>()
                .callee_handled::<false>()
                .weak::<true>()
                .build_callback(|_| Ok(()))?,
        );
        let waker = Arc::clone(&on_wake);
        // The status says at most that the environment is gone, and with it everybody who waits.
        let wake = move || _ = waker.call((), ThreadsafeFunctionCallMode::NonBlocking);
        Ok(Self {
            host: Rc::new(Host {
                on_wake,
                outbox: Arc::new(Outbox::new(wake)),
                rows: RefCell::new(rows),
                outstanding: Cell::new(0),
                delivering: Cell::new(false),
                filled_meanwhile: RefCell::default(),
                stores: Stores::default(),
                io: OnceCell::new(),
            }),
        })
    }

    /// Makes `drain()`: moves the oldest page of verdicts into `rows` (a count, then ticket and
    /// outcome of each, with the bits of `layout`) and returns its values, a JSON array, or ''.
    ///
    /// # Errors
    /// The engine is out of memory.
    #[napi(catch_unwind, ts_return_type = "() => string")]
    pub fn drain(&self, env: &Env) -> napi::Result<Unknown<'static>> {
        raw::drain_function(env.raw(), Rc::clone(&self.host))
    }
}
