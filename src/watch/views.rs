//! How the watchers of one session see its user.

/// The owner of watchers, and the name under which it finds the user in a session. An index of the registry.
pub type Perspective = u32;

/// The identity that some watchers of a session have let in. Nearly every session has one view; it has several if
/// authorizers have different names for the user, or if the user has changed while sockets were connecting.
pub struct View {
    pub perspective: Perspective,
    /// Without watchers it is free for another identity.
    pub watchers: u32,
    pub identity: Box<[u8]>,
    next: Option<Box<View>>,
}

/// The number of a view in its session; it stays the same as long as the view has watchers.
pub type ViewIndex = u16;

impl View {
    pub fn new(perspective: Perspective, identity: &[u8]) -> Self {
        Self { perspective, watchers: 0, identity: identity.into(), next: None }
    }

    /// This view and those after it.
    pub fn iter(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |view| view.next.as_deref())
    }

    pub fn get_mut(&mut self, index: ViewIndex) -> Option<&mut Self> {
        let mut view = self;
        for _ in 0..index {
            view = view.next.as_deref_mut()?;
        }
        Some(view)
    }

    /// The view of this identity, which is made if there is none. `None` if there are too many.
    pub fn index_of(&mut self, perspective: Perspective, identity: &[u8]) -> Option<ViewIndex> {
        let is_same =
            |view: &Self| view.perspective == perspective && *view.identity == *identity && view.watchers > 0;
        let found = self.iter().position(is_same).or_else(|| self.iter().position(|view| view.watchers == 0));
        let index = ViewIndex::try_from(found.unwrap_or_else(|| self.iter().count())).ok()?;
        if found.is_none() {
            let mut place = &mut self.next;
            while let Some(view) = place {
                place = &mut view.next;
            }
            *place = Some(Box::new(Self::new(perspective, identity)));
        }
        let view = self.get_mut(index)?;
        if view.watchers == 0 {
            view.perspective = perspective;
            view.identity = identity.into();
        }
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(views: &mut View, perspective: Perspective, identity: &[u8]) -> ViewIndex {
        let index = views.index_of(perspective, identity).unwrap();
        views.get_mut(index).unwrap().watchers += 1;
        index
    }

    #[test]
    fn each_identity_of_each_perspective_has_a_view() {
        let mut views = View::new(0, b"7");
        assert_eq!(watched(&mut views, 0, b"7"), 0);
        assert_eq!(watched(&mut views, 0, b"8"), 1);
        assert_eq!(watched(&mut views, 1, b"7"), 2);
        assert_eq!(watched(&mut views, 0, b"7"), 0);
        let all: Vec<_> =
            views.iter().map(|view| (view.perspective, &*view.identity, view.watchers)).collect();
        assert_eq!(all, [(0, &b"7"[..], 2), (0, b"8", 1), (1, b"7", 1)]);
        assert!(views.get_mut(3).is_none());
    }

    #[test]
    fn a_view_without_watchers_is_used_again() {
        let mut views = View::new(0, b"7");
        (0..3).for_each(|perspective| _ = watched(&mut views, perspective, b"7"));
        views.get_mut(1).unwrap().watchers = 0;
        assert_eq!(watched(&mut views, 2, b"7"), 2);
        assert_eq!(watched(&mut views, 9, b"9"), 1, "the others keep their numbers");
        let view = views.get_mut(1).unwrap();
        assert_eq!((view.perspective, &*view.identity, view.watchers), (9, &b"9"[..], 1));
        assert_eq!(views.iter().count(), 3);
    }
}
