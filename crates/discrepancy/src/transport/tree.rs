//! The spanning tree of a transport plan: which arcs may carry flow, and what happens when one is exchanged.
//!
//! Nodes are the rows, then the columns; the last column is the root. Every arc leads from a row to a column, so the
//! arc between a node and its parent leads up if the node is a row, and down if it is a column.
//!
//! The tree is kept *strongly feasible* (W. H. Cunningham, *A network simplex method*, 1976, doi:10.1007/BF01580379):
//! an arc without flow leads up. Then the simplex method cannot cycle, however degenerate the weights are.

/// No node.
const NONE: u32 = u32::MAX;

/// A node, its place among its siblings, and the flow between it and its parent.
#[derive(Clone, Copy, Debug)]
struct Node {
    parent: u32,
    first_child: u32,
    next: u32,
    previous: u32,
    /// Nodes of the subtree, itself included.
    size: u32,
    flow: i128,
}

#[derive(Clone, Debug)]
pub(super) struct Tree {
    rows: usize,
    nodes: Vec<Node>,
}

/// What is left of a weight while a first plan is made: the weight, then a count of imaginary small change. Every row
/// has one coin more to give, every column but the last one coin less to take: nothing ever comes out even, so a step
/// exhausts exactly one row or column, the arcs form a tree, and it is strongly feasible (Orlin 1985).
type Left = (i128, i64);

/// A first plan: each row in turn goes to the cheapest columns that are left. `order` ranks the columns of a row.
pub(super) fn first_plan(
    supply: &[i128],
    demand: &[i128],
    cost: impl Fn(usize, usize) -> f64,
) -> Vec<(usize, usize, i128)> {
    let (n, m) = (supply.len(), demand.len());
    let mut takes: Vec<Left> = demand.iter().map(|d| (*d, -1)).collect();
    if let Some(root) = takes.last_mut() {
        root.1 = (n + m) as i64 - 1;
    }
    let mut open: Vec<usize> = (0..m).collect();
    let mut arcs = Vec::with_capacity(n + m);
    for (i, &amount) in supply.iter().enumerate() {
        let mut gives: Left = (amount, 1);
        while gives > (0, 0) {
            let cheaper = |p: usize, q: usize| {
                let order = cost(i, open[p]).total_cmp(&cost(i, open[q])).then(open[p].cmp(&open[q]));
                if order.is_lt() { p } else { q }
            };
            let Some(place) = (0..open.len()).reduce(cheaper) else { break };
            let j = open[place];
            let moved = gives.min(takes[j]);
            gives = (gives.0 - moved.0, gives.1 - moved.1);
            takes[j] = (takes[j].0 - moved.0, takes[j].1 - moved.1);
            if takes[j] == (0, 0) {
                open.swap_remove(place);
            }
            arcs.push((i, j, moved.0));
        }
    }
    arcs
}

impl Tree {
    /// The tree of `rows + columns - 1` arcs (row, column, flow) that connect all nodes.
    pub(super) fn new(rows: usize, columns: usize, arcs: &[(usize, usize, i128)]) -> Self {
        let count = rows + columns;
        let node = Node { parent: NONE, first_child: NONE, next: NONE, previous: NONE, size: 1, flow: 0 };
        let mut tree = Tree { rows, nodes: vec![node; count] };
        let mut neighbours = vec![Vec::new(); count];
        for &(i, j, flow) in arcs {
            neighbours[i].push((rows + j, flow));
            neighbours[rows + j].push((i, flow));
        }
        let root = count - 1;
        let mut order = vec![root];
        let mut at = 0;
        while let Some(&x) = order.get(at) {
            at += 1;
            for &(y, flow) in &neighbours[x] {
                if tree.nodes[x].parent as usize != y {
                    tree.attach(y, x, flow);
                    order.push(y);
                }
            }
        }
        for &x in order.iter().skip(1).rev() {
            let parent = tree.nodes[x].parent as usize;
            tree.nodes[parent].size += tree.nodes[x].size;
        }
        tree
    }

    pub(super) fn root(&self) -> usize {
        self.nodes.len() - 1
    }

    /// The arcs, as (row, column, flow).
    pub(super) fn arcs(&self) -> impl Iterator<Item = (usize, usize, i128)> {
        self.nodes.iter().enumerate().filter(|(_, node)| node.parent != NONE).map(|(x, node)| {
            let parent = node.parent as usize;
            if x < self.rows { (x, parent - self.rows, node.flow) } else { (parent, x - self.rows, node.flow) }
        })
    }

    /// Calls `visit` with each node below `top` and its parent, parents first; not with `top` itself.
    pub(super) fn below(&self, top: usize, mut visit: impl FnMut(usize, usize)) {
        let mut x = top;
        loop {
            let child = self.nodes[x].first_child;
            if child != NONE {
                x = child as usize;
            } else {
                while x != top && self.nodes[x].next == NONE {
                    x = self.nodes[x].parent as usize;
                }
                if x == top {
                    return;
                }
                x = self.nodes[x].next as usize;
            }
            visit(x, self.nodes[x].parent as usize);
        }
    }

    fn attach(&mut self, x: usize, parent: usize, flow: i128) {
        let next = self.nodes[parent].first_child;
        if next != NONE {
            self.nodes[next as usize].previous = x as u32;
        }
        self.nodes[parent].first_child = x as u32;
        let node = &mut self.nodes[x];
        (node.parent, node.next, node.previous, node.flow) = (parent as u32, next, NONE, flow);
    }

    fn detach(&mut self, x: usize) {
        let Node { parent, next, previous, .. } = self.nodes[x];
        if previous == NONE {
            self.nodes[parent as usize].first_child = next;
        } else {
            self.nodes[previous as usize].next = next;
        }
        if next != NONE {
            self.nodes[next as usize].previous = previous;
        }
    }

    /// Takes the arc from a row to a column into the tree and drops the arc that runs empty first. Returns the end of
    /// the new arc whose subtree moved.
    pub(super) fn exchange(&mut self, row: usize, column: usize) -> usize {
        let (row_end, column_end) = (row, self.rows + column);
        let apex = self.apex(row_end, column_end);
        // Flow runs down from the apex to the row, over the new arc, and up again: it empties the arcs above rows on
        // the way to the row, and those above columns on the way back. The last one that empties has to leave: the
        // first met from the row, but the last met from the column.
        let mut amount = i128::MAX;
        let mut leaving = (row_end, row_end);
        let mut x = row_end;
        while x != apex {
            if x < self.rows && self.nodes[x].flow < amount {
                amount = self.nodes[x].flow;
                leaving = (x, row_end);
            }
            x = self.nodes[x].parent as usize;
        }
        let mut x = column_end;
        while x != apex {
            if x >= self.rows && self.nodes[x].flow <= amount {
                amount = self.nodes[x].flow;
                leaving = (x, column_end);
            }
            x = self.nodes[x].parent as usize;
        }
        if amount > 0 {
            self.push(row_end, apex, true, amount);
            self.push(column_end, apex, false, amount);
        }
        let (leaving, moved) = leaving;
        let other = if moved == row_end { column_end } else { row_end };
        self.resize(leaving, other, apex);
        self.hang(moved, leaving, other, amount);
        moved
    }

    /// The lowest common ancestor: the smaller of two subtrees cannot contain it as a proper part.
    fn apex(&self, mut x: usize, mut y: usize) -> usize {
        while x != y {
            if self.nodes[x].size < self.nodes[y].size {
                x = self.nodes[x].parent as usize;
            } else {
                y = self.nodes[y].parent as usize;
            }
        }
        x
    }

    /// Changes the flow between x and the apex: less above rows and more above columns, or the other way round.
    fn push(&mut self, mut x: usize, apex: usize, less_above_rows: bool, amount: i128) {
        while x != apex {
            let less = (x < self.rows) == less_above_rows;
            let node = &mut self.nodes[x];
            node.flow += if less { -amount } else { amount };
            x = node.parent as usize;
        }
    }

    /// Sizes above the subtree of `leaving`, which goes from its parent to `to`.
    fn resize(&mut self, leaving: usize, to: usize, apex: usize) {
        let size = self.nodes[leaving].size;
        let mut x = self.nodes[leaving].parent as usize;
        while x != apex {
            self.nodes[x].size -= size;
            x = self.nodes[x].parent as usize;
        }
        let mut x = to;
        while x != apex {
            self.nodes[x].size += size;
            x = self.nodes[x].parent as usize;
        }
    }

    /// Turns the subtree of `leaving` around so that `x` is its top, and hangs it below `parent`.
    fn hang(&mut self, x: usize, leaving: usize, parent: usize, flow: i128) {
        let whole = self.nodes[leaving].size;
        let (mut x, mut parent, mut flow, mut below) = (x, parent, flow, 0);
        loop {
            let Node { parent: old_parent, flow: old_flow, size: old_size, .. } = self.nodes[x];
            self.detach(x);
            self.attach(x, parent, flow);
            // What hung below x on the old way up is now above it.
            self.nodes[x].size = whole - below;
            if x == leaving {
                return;
            }
            below = old_size;
            (parent, flow, x) = (x, old_flow, old_parent as usize);
        }
    }
}
