//! Arguments by name: `mean_focal(z, y, gamma => 2)`.
//!
//! The engine knows names only for arguments in a row without gaps, so a call is put in order before it is planned: what
//! is left out gets its default.

use crate::documentation::{FunctionDocumentation, documentation};
use datafusion::common::{plan_datafusion_err, plan_err};
use datafusion::dataframe::DataFrame;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Value, Visit, VisitMut, Visitor,
    visit_expressions_mut,
};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::LazyLock;

/// Each function by all its names.
static FUNCTIONS: LazyLock<HashMap<String, FunctionDocumentation>> = LazyLock::new(|| {
    let named = |function: FunctionDocumentation| {
        let names = std::iter::once(function.name.clone()).chain(function.aliases.clone());
        names.map(|name| (name, function.clone())).collect::<Vec<_>>()
    };
    documentation().into_iter().flat_map(named).collect()
});

/// A query, as `session.sql` takes it, in which arguments may have names: `mean_focal(z, y, gamma => 2)`.
pub async fn sql(context: &SessionContext, query: &str, options: SQLOptions) -> Result<DataFrame> {
    let plan = {
        let state = context.state();
        let mut statement = state.sql_to_statement(query, &state.config().options().sql_parser.dialect)?;
        order(&mut statement)?;
        state.statement_to_plan(statement).await?
    };
    options.verify_plan(&plan)?;
    context.execute_logical_plan(plan).await
}

/// How deep the expressions of a query stand within each other: what plans it goes as deep.
pub fn nesting(context: &SessionContext, query: &str) -> Result<usize> {
    struct Depth {
        now: usize,
        most: usize,
    }
    impl Visitor for Depth {
        type Break = ();
        fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
            self.now += 1;
            self.most = self.most.max(self.now);
            ControlFlow::Continue(())
        }
        fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
            self.now -= 1;
            ControlFlow::Continue(())
        }
    }
    let state = context.state();
    let mut depth = Depth { now: 0, most: 0 };
    if let Statement::Statement(statement) =
        state.sql_to_statement(query, &state.config().options().sql_parser.dialect)?
    {
        let _ = statement.visit(&mut depth);
    }
    Ok(depth.most)
}

/// Puts the arguments of all calls of ours in their order.
fn order(statement: &mut Statement) -> Result<()> {
    match statement {
        Statement::Statement(statement) => ordered(statement.as_mut()),
        Statement::Explain(explain) => order(&mut explain.statement),
        _ => Ok(()),
    }
}

fn ordered(statement: &mut impl VisitMut) -> Result<()> {
    let done = visit_expressions_mut(statement, |expression| {
        let Expr::Function(call) = expression else { return ControlFlow::Continue(()) };
        match place(call) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    });
    if let ControlFlow::Break(error) = done { Err(error) } else { Ok(()) }
}

fn place(call: &mut Function) -> Result<(), DataFusionError> {
    let name = call.name.0.last().and_then(|part| part.as_ident()).map(|name| name.value.to_lowercase());
    let FunctionArguments::List(list) = &mut call.args else { return Ok(()) };
    let named = |argument: &FunctionArg| !matches!(argument, FunctionArg::Unnamed(_));
    let Some(function) = name.and_then(|name| FUNCTIONS.get(&name)) else { return Ok(()) };
    if !list.args.iter().any(named) {
        return Ok(());
    }
    let names = &function.arguments;
    let mut places: Vec<Option<FunctionArgExpr>> = vec![None; names.len()];
    let (mut last, mut before) = (0, None);
    for (at, argument) in std::mem::take(&mut list.args).into_iter().enumerate() {
        let (given, value) = match argument {
            FunctionArg::Unnamed(value) => (None, value),
            FunctionArg::Named { name, arg, .. } => (Some(name.value), arg),
            FunctionArg::ExprNamed { name, arg, .. } => (Some(name.to_string()), arg),
        };
        let to = match &given {
            None => match &before {
                None => at,
                Some(name) => {
                    let function = &function.name;
                    return plan_err!("{function}: an argument by place behind `{name}`; those by name come last");
                }
            },
            Some(given) => names.iter().position(|name| name.eq_ignore_ascii_case(given)).ok_or_else(|| {
                let (function, list) = (&function.name, names.join(", "));
                plan_datafusion_err!("{function}: there is no argument `{given}`; allowed: {list}")
            })?,
        };
        match places.get_mut(to) {
            None => return plan_err!("{}: more than {} arguments ({})", function.name, names.len(), names.join(", ")),
            Some(Some(_)) => return plan_err!("{}: `{}` is given twice", function.name, names[to]),
            Some(free) => *free = Some(value),
        }
        last = last.max(to);
        before = before.or(given);
    }
    places.truncate(last + 1);
    let data = names.len() - function.parameters.len();
    let filled = places.into_iter().enumerate().map(|(place, value)| match value {
        Some(value) => Ok(FunctionArg::Unnamed(value)),
        None if place < data => plan_err!("{}: `{}` is needed", function.name, names[place]),
        // As text, which the parameter itself reads.
        None => {
            let default = Value::SingleQuotedString(function.parameters[place - data].default.clone());
            Ok(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::value(default))))
        }
    });
    list.args = filled.collect::<Result<_>>()?;
    Ok(())
}
