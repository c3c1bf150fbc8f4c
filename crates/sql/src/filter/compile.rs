//! From a tree of nodes to a condition.

use mathesar_types::family::{FamilyId, family_of};
use mathesar_types::pgtype::{PgType, TypeKind, oids};
use mathesar_types::wire::{Form, WireExpr, wire_of};

use super::operators::{self, Case, Function, Now, Op, TextTest};
use super::{FilterError, Literal, MAX_DEPTH, MAX_LIST, MAX_NODES, Node, Problem, Scope, Typed};
use crate::expr;
use crate::frag::{Fragment, array_literal};
use crate::type_ref::TypeRef;

fn builtin(oid: u32, name: &str) -> PgType {
    PgType::builtin(oid, name)
}

fn boolean() -> PgType {
    builtin(oids::BOOL, "bool")
}

fn text() -> PgType {
    builtin(oids::TEXT, "text")
}

fn integer() -> PgType {
    builtin(oids::INT4, "int4")
}

fn jsonb() -> PgType {
    builtin(oids::JSONB, "jsonb")
}

pub(super) struct Compiler<'s, S> {
    scope: &'s S,
    nodes: usize,
    depth: usize,
}

type Result<T> = std::result::Result<T, FilterError>;

fn fail<T>(path: String, problem: Problem) -> Result<T> {
    Err(FilterError { path, problem })
}

impl<'s, S: Scope> Compiler<'s, S> {
    pub(super) fn new(scope: &'s S) -> Self {
        Self { scope, nodes: 0, depth: 0 }
    }

    /// A node that must be true or false.
    pub(super) fn condition(&mut self, node: &Node, path: &str) -> Result<Fragment> {
        let value = self.value(node, path, Some(&boolean()))?;
        if value.ty.storage().oid != oids::BOOL {
            return fail(path.to_owned(), Problem::Type("a condition is needed here, such as a comparison"));
        }
        Ok(value.sql)
    }

    /// Any node; a literal becomes a value of type `wanted`, or a text without one.
    fn value(&mut self, node: &Node, path: &str, wanted: Option<&PgType>) -> Result<Typed> {
        self.count(path)?;
        match node.kind.as_str() {
            kind if kind == S::COLUMN => {
                leaf(node, path)?;
                let found = self.scope.column(node.value.as_ref());
                found.map_err(|problem| FilterError { path: S::value_path(path, kind), problem })
            }
            kind @ "literal" => {
                leaf(node, path)?;
                let literal = node.value.as_ref().unwrap_or(&Literal::Null);
                literal_as(literal, wanted.unwrap_or(&text()))
                    .map_err(|problem| FilterError { path: S::value_path(path, kind), problem })
            }
            name => {
                let Some(op) = operators::find(name) else {
                    let near = operators::nearest(name);
                    let name: String = name.chars().take(60).collect();
                    return fail(S::operator_path(path, &name), Problem::UnknownOperator { name, near });
                };
                if node.value.is_some() {
                    return fail(format!("{path}.value"), Problem::Shape("an operator has \"args\", not a \"value\""));
                }
                let operands = S::operands_path(path, name);
                let Some(args) = node.args.as_deref() else {
                    return fail(operands, Problem::Shape("an operator needs \"args\""));
                };
                self.depth += 1;
                let result = self.operator(op, args, &operands);
                self.depth -= 1;
                result
            }
        }
    }

    fn count(&mut self, path: &str) -> Result<()> {
        self.nodes += 1;
        let limit = if self.nodes > MAX_NODES {
            Problem::Limit { what: "the number of nodes of a filter", limit: MAX_NODES }
        } else if self.depth > MAX_DEPTH {
            Problem::Limit { what: "the nesting of a filter", limit: MAX_DEPTH }
        } else {
            return Ok(());
        };
        fail(path.to_owned(), limit)
    }

    /// `path` is that of the operands, here and below.
    fn operator(&mut self, op: Op, args: &[Node], path: &str) -> Result<Typed> {
        arity(op, args, path)?;
        let sql = match op {
            Op::Now(now) => return Ok(current(now)),
            Op::And => self.all(args, path, " AND ")?,
            Op::Or => self.all(args, path, " OR ")?,
            Op::Not => wrap("NOT (", self.condition(&args[0], &arg(path, 0))?, ")"),
            Op::Compare(operator) => self.compare(args, path, operator)?,
            Op::NotEqual => self.compare(args, path, " IS DISTINCT FROM ")?,
            Op::Between => self.between(args, path)?,
            Op::In => self.one_of(args, path)?,
            Op::NotIn => wrap("(", self.one_of(args, path)?, ") IS NOT TRUE"),
            Op::IsNull => self.null_test(&args[0], path, [" IS NULL", " IS NOT DISTINCT FROM NULL"])?,
            Op::IsNotNull => self.null_test(&args[0], path, [" IS NOT NULL", " IS DISTINCT FROM NULL"])?,
            Op::Text(test, case) => self.text_test(args, path, test, case)?,
            Op::NotContains(case) => wrap("(", self.text_test(args, path, TextTest::Contains, case)?, ") IS NOT TRUE"),
            Op::Matches => self.pair(args, path, &text(), "::text", " ~ ")?,
            Op::Function(function) => return self.function(function, &args[0], path),
            Op::FunctionCompare(function, operator) => {
                let left = self.function(function, &args[0], path)?;
                let right = self.value(&args[1], &arg(path, 1), Some(&left.ty))?;
                between_operator(left.sql, operator, right.sql)
            }
            Op::FunctionContains(function) => {
                let left = self.function(function, &args[0], path)?;
                let right = self.value(&args[1], &arg(path, 1), Some(&text()))?;
                contains(TextTest::Contains, Case::Insensitive, left.sql, right.sql)
            }
            Op::JsonContains => self.pair(args, path, &jsonb(), "::pg_catalog.jsonb", " @> ")?,
            Op::ElementInJson => self.element_in_json(args, path)?,
            Op::JsonNotEmpty => {
                let length = self.function(Function::JsonArrayLength, &args[0], path)?;
                wrap("", length.sql, " > 0")
            }
            Op::ArrayContains => self.array_contains(args, path)?,
            Op::ArrayNotEmpty => {
                let array = self.array(&args[0], path)?;
                wrap("pg_catalog.cardinality(", array.sql, ") > 0")
            }
            Op::RangeContains => self.range(args, path, " @> ")?,
            Op::RangeOverlaps => self.range(args, path, " && ")?,
            Op::NetworkContains => self.pair(args, path, &builtin(oids::INET, "inet"), "::pg_catalog.inet", " >>= ")?,
            Op::FulltextMatches => self.fulltext(args, path)?,
        };
        Ok(Typed { sql, ty: boolean() })
    }

    fn all(&mut self, args: &[Node], path: &str, separator: &'static str) -> Result<Fragment> {
        let mut conditions = Vec::with_capacity(args.len());
        for (index, node) in args.iter().enumerate() {
            conditions.push(wrap("(", self.condition(node, &arg(path, index))?, ")"));
        }
        let mut fragment = Fragment::new();
        fragment.join(separator, conditions);
        Ok(fragment)
    }

    /// Two operands of one type; where one is a literal it takes the type of the other.
    fn two(&mut self, args: &[Node], path: &str) -> Result<(Typed, Typed)> {
        let (left_path, right_path) = (arg(path, 0), arg(path, 1));
        if args[0].kind == "literal" && args[1].kind != "literal" {
            let right = self.value(&args[1], &right_path, None)?;
            let left = self.value(&args[0], &left_path, Some(&right.ty))?;
            return Ok((left, right));
        }
        let left = self.value(&args[0], &left_path, None)?;
        let right = self.value(&args[1], &right_path, Some(&left.ty))?;
        Ok((left, right))
    }

    fn compare(&mut self, args: &[Node], path: &str, operator: &'static str) -> Result<Fragment> {
        let (left, right) = self.two(args, path)?;
        let types = [left.ty.clone(), right.ty.clone()];
        Ok(between_operator(comparable(left, &types), operator, comparable(right, &types)))
    }

    fn between(&mut self, args: &[Node], path: &str) -> Result<Fragment> {
        let value = self.value(&args[0], &arg(path, 0), None)?;
        let low = self.value(&args[1], &arg(path, 1), Some(&value.ty))?;
        let high = self.value(&args[2], &arg(path, 2), Some(&value.ty))?;
        let types = [value.ty.clone(), low.ty.clone()];
        let mut fragment = between_operator(comparable(value, &types), " BETWEEN ", comparable(low, &types));
        fragment.sql(" AND ").push(comparable(high, &types));
        Ok(fragment)
    }

    /// `in`: the values are one literal list, or the further operands.
    fn one_of(&mut self, args: &[Node], path: &str) -> Result<Fragment> {
        let value = self.value(&args[0], &arg(path, 0), None)?;
        let mut texts = Vec::new();
        for (index, node) in args.iter().enumerate().skip(1) {
            let at = || S::value_path(&arg(path, index), "literal");
            self.count(path)?;
            leaf(node, &arg(path, index))?;
            if node.kind != "literal" {
                return fail(arg(path, index), Problem::Shape("the values of a list must be literals"));
            }
            let single = [node.value.clone().unwrap_or(Literal::Null)];
            let items = if let Some(Literal::List { items, .. }) = &node.value { items.as_slice() } else { &single };
            for item in items {
                texts.push(item.scalar().map_err(|why| FilterError { path: at(), problem: Problem::Literal(why) })?);
            }
            if texts.len() > MAX_LIST {
                return fail(at(), Problem::Limit { what: "the number of values of a list", limit: MAX_LIST });
            }
        }
        Ok(any_of(value, &texts))
    }

    /// `tests[0]`, or `tests[1]` for a composite, which "is NULL" already when all its fields are.
    fn null_test(&mut self, node: &Node, path: &str, tests: [&'static str; 2]) -> Result<Fragment> {
        let value = self.value(node, &arg(path, 0), None)?;
        let composite = matches!(value.ty.storage().kind, TypeKind::Composite);
        Ok(wrap("", value.sql, tests[usize::from(composite)]))
    }

    fn text_test(&mut self, args: &[Node], path: &str, test: TextTest, case: Case) -> Result<Fragment> {
        let value = self.value(&args[0], &arg(path, 0), Some(&text()))?;
        let part = self.value(&args[1], &arg(path, 1), Some(&text()))?;
        Ok(contains(test, case, as_text(value), as_text(part)))
    }

    /// Two operands that are both cast to `ty`.
    fn pair(
        &mut self,
        args: &[Node],
        path: &str,
        ty: &PgType,
        cast: &'static str,
        operator: &'static str,
    ) -> Result<Fragment> {
        let left = self.value(&args[0], &arg(path, 0), Some(ty))?;
        let right = self.value(&args[1], &arg(path, 1), Some(ty))?;
        Ok(between_operator(wrap("(", left.sql, ")").tap(cast), operator, wrap("(", right.sql, ")").tap(cast)))
    }

    fn element_in_json(&mut self, args: &[Node], path: &str) -> Result<Fragment> {
        let element = self.value(&args[0], &arg(path, 0), Some(&text()))?;
        let list = self.value(&args[1], &arg(path, 1), Some(&jsonb()))?;
        let mut fragment = as_text(element);
        fragment.sql(" IN (SELECT pg_catalog.jsonb_array_elements_text((").push(list.sql).sql(")::pg_catalog.jsonb))");
        Ok(fragment)
    }

    fn array(&mut self, node: &Node, path: &str) -> Result<Typed> {
        let value = self.value(node, &arg(path, 0), None)?;
        match value.ty.storage().kind {
            TypeKind::Array { .. } => Ok(value),
            _ => fail(arg(path, 0), Problem::Type("an array is needed here")),
        }
    }

    fn array_contains(&mut self, args: &[Node], path: &str) -> Result<Fragment> {
        let array = self.array(&args[0], path)?;
        let TypeKind::Array { element } = array.ty.storage().kind.clone() else {
            return fail(arg(path, 0), Problem::Type("an array is needed here"));
        };
        // A list asks for all of its values.
        if matches!(args[1].value, Some(Literal::List { .. })) {
            let values = self.value(&args[1], &arg(path, 1), Some(&array.ty))?;
            return Ok(between_operator(array.sql, " @> ", values.sql));
        }
        let value = self.value(&args[1], &arg(path, 1), Some(&element))?;
        Ok(wrap("", value.sql, " = ANY (").tap_with(array.sql).tap(")"))
    }

    /// The second operand is a range of the first one's type, or a value, which is a range of one: PostgreSQL knows the type
    /// of a range's bounds, we do not.
    fn range(&mut self, args: &[Node], path: &str, operator: &'static str) -> Result<Fragment> {
        let range = self.value(&args[0], &arg(path, 0), None)?;
        if !matches!(range.ty.storage().kind, TypeKind::Range | TypeKind::Multirange) {
            return fail(arg(path, 0), Problem::Type("a range is needed here"));
        }
        let whole = match args[1].value.as_ref() {
            Some(Literal::Text(text) | Literal::Number(text))
                if !text.trim_start().starts_with(['[', '(', '{', 'e']) =>
            {
                // Quoted, since a comma or a bracket of the value would end it.
                let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
                let one = format!("[\"{quoted}\",\"{quoted}\"]");
                let multi = matches!(range.ty.storage().kind, TypeKind::Multirange);
                Some(if multi { format!("{{{one}}}") } else { one })
            }
            _ => None,
        };
        let other = match whole {
            Some(text) => literal_as(&Literal::Text(text), &range.ty)
                .map_err(|problem| FilterError { path: arg(path, 1), problem })?,
            None => self.value(&args[1], &arg(path, 1), Some(&range.ty))?,
        };
        Ok(between_operator(range.sql, operator, other.sql))
    }

    fn fulltext(&mut self, args: &[Node], path: &str) -> Result<Fragment> {
        let document = self.value(&args[0], &arg(path, 0), Some(&text()))?;
        let query = self.value(&args[1], &arg(path, 1), Some(&text()))?;
        let vector = if document.ty.storage().is_builtin("tsvector") {
            document.sql
        } else {
            wrap("pg_catalog.to_tsvector(", as_text(document), ")")
        };
        Ok(wrap("", vector, " @@ pg_catalog.websearch_to_tsquery(").tap_with(query.sql).tap(")"))
    }

    fn function(&mut self, function: Function, node: &Node, path: &str) -> Result<Typed> {
        let value = self.value(node, &arg(path, 0), None)?;
        Ok(match function {
            Function::JsonArrayLength => Typed { sql: json_array_length(&value.sql), ty: integer() },
            Function::ArrayLength => {
                if !matches!(value.ty.storage().kind, TypeKind::Array { .. }) {
                    return fail(arg(path, 0), Problem::Type("an array is needed here"));
                }
                Typed { sql: wrap("pg_catalog.cardinality(", value.sql, ")"), ty: integer() }
            }
            Function::ToJson => Typed { sql: wrap("pg_catalog.to_jsonb(", value.sql, ")"), ty: jsonb() },
            Function::Reduce(by) => Typed { sql: expr::reduced(&value.sql, by), ty: text() },
            Function::Lower => Typed { sql: wrap("pg_catalog.lower(", as_text(value), ")"), ty: text() },
            Function::FormatData => match wire_of(&value.ty, Form::Original) {
                WireExpr::Native(_) | WireExpr::Numeric => value,
                form => Typed { sql: expr::wire(&value.sql, form, &value.ty), ty: text() },
            },
        })
    }
}

/// Small steps on a piece, so that an operator reads in the order of its SQL.
trait Tap {
    fn tap(self, sql: &'static str) -> Fragment;
    fn tap_with(self, other: Fragment) -> Fragment;
}

impl Tap for Fragment {
    fn tap(mut self, sql: &'static str) -> Fragment {
        self.sql(sql);
        self
    }

    fn tap_with(mut self, other: Fragment) -> Fragment {
        self.push(other);
        self
    }
}

fn wrap(before: &'static str, inner: Fragment, after: &'static str) -> Fragment {
    Fragment::of(before).tap_with(inner).tap(after)
}

fn between_operator(left: Fragment, operator: &'static str, right: Fragment) -> Fragment {
    left.tap(operator).tap_with(right)
}

fn arg(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

/// A moment that PostgreSQL knows.
fn current(now: Now) -> Typed {
    let (sql, oid, name) = match now {
        Now::Date => ("CURRENT_DATE", oids::DATE, "date"),
        Now::Time => ("CURRENT_TIME", oids::TIMETZ, "timetz"),
        Now::DateTime => ("CURRENT_TIMESTAMP", oids::TIMESTAMPTZ, "timestamptz"),
    };
    Typed { sql: Fragment::of(sql), ty: builtin(oid, name) }
}

fn leaf(node: &Node, path: &str) -> Result<()> {
    if node.args.is_some() {
        return fail(format!("{path}.args"), Problem::Shape("a leaf has a \"value\", not \"args\""));
    }
    Ok(())
}

fn arity(op: Op, args: &[Node], path: &str) -> Result<()> {
    let (least, most, takes) = match op {
        // The original takes exactly two; any number reads better and nests less.
        Op::And | Op::Or => (1, usize::MAX, "one operand or more"),
        Op::Not | Op::IsNull | Op::IsNotNull | Op::Function(_) | Op::JsonNotEmpty | Op::ArrayNotEmpty => {
            (1, 1, "one operand")
        }
        Op::Now(_) => (0, 0, "no operands"),
        Op::Between => (3, 3, "three operands"),
        Op::In | Op::NotIn => (2, usize::MAX, "a value and a list"),
        _ => (2, 2, "two operands"),
    };
    if (least..=most).contains(&args.len()) {
        return Ok(());
    }
    fail(path.to_owned(), Problem::Arity { takes, given: args.len() })
}

/// A literal as a parameter of a type that `wanted` can be compared with.
fn literal_as(literal: &Literal, wanted: &PgType) -> std::result::Result<Typed, Problem> {
    let value = match literal {
        Literal::List { items, .. } if matches!(wanted.storage().kind, TypeKind::Array { .. }) => {
            let items: std::result::Result<Vec<_>, _> = items.iter().map(Literal::scalar).collect();
            Some(array_literal(items.map_err(Problem::Literal)?.iter().map(Option::as_deref)))
        }
        Literal::List { json, .. } if family_of(wanted).id == FamilyId::Json => Some(json.clone()),
        other => other.scalar().map_err(Problem::Literal)?,
    };
    let ty = literal_type(value.as_deref(), wanted);
    let mut sql = Fragment::new();
    sql.bind_as(value, &TypeRef::of(&ty));
    Ok(Typed { sql, ty })
}

/// The type that a literal is read as. A domain's own checks are left out: asking for a value that it refuses finds nothing.
/// A number that is too big or has a fraction is compared with a column of whole numbers as a `numeric`, not refused.
fn literal_type(value: Option<&str>, wanted: &PgType) -> PgType {
    let storage = wanted.storage();
    let fits = match (storage.oid, value) {
        (oids::INT2, Some(text)) => text.trim().parse::<i16>().is_ok(),
        (oids::INT4, Some(text)) => text.trim().parse::<i32>().is_ok(),
        (oids::INT8, Some(text)) => text.trim().parse::<i64>().is_ok(),
        _ => true,
    };
    if fits { storage.clone() } else { builtin(oids::NUMERIC, "numeric") }
}

/// Types without comparison are compared as their text, json as jsonb.
fn comparable(value: Typed, types: &[PgType; 2]) -> Fragment {
    if types.iter().all(expr::has_order) {
        // Comparisons do not nest without parentheses: `a = b = true` is no SQL.
        return if value.ty.oid == oids::BOOL { wrap("(", value.sql, ")") } else { value.sql };
    }
    let json = types.iter().any(|ty| family_of(ty).id == FamilyId::Json);
    wrap("(", value.sql, if json { ")::pg_catalog.jsonb" } else { ")::text" })
}

fn as_text(value: Typed) -> Fragment {
    if value.ty.storage().oid == oids::TEXT { value.sql } else { wrap("(", value.sql, ")::text") }
}

fn contains(test: TextTest, case: Case, value: Fragment, part: Fragment) -> Fragment {
    let fold = |piece: Fragment| match case {
        Case::Sensitive => piece,
        Case::Insensitive => wrap("pg_catalog.lower(", piece, ")"),
    };
    let (value, part) = (fold(value), fold(part));
    match test {
        TextTest::Contains => wrap("pg_catalog.strpos(", value, ", ").tap_with(part).tap(") > 0"),
        TextTest::StartsWith => wrap("pg_catalog.starts_with(", value, ", ").tap_with(part).tap(")"),
        TextTest::EndsWith => {
            let length = wrap(", pg_catalog.length(", part.clone(), ")) = ");
            wrap("pg_catalog.right(", value, "").tap_with(length).tap_with(part)
        }
    }
}

/// NULL for what is no array, where PostgreSQL's own function would stop the whole query.
fn json_array_length(value: &Fragment) -> Fragment {
    let json = wrap("(", value.clone(), ")::pg_catalog.jsonb");
    let mut fragment = Fragment::of("CASE WHEN pg_catalog.jsonb_typeof(");
    fragment.push(json.clone()).sql(") = 'array' THEN pg_catalog.jsonb_array_length(").push(json).sql(") END");
    fragment
}

/// `value = ANY (list)`, the whole list as one parameter.
fn any_of(value: Typed, texts: &[Option<String>]) -> Fragment {
    let whole = texts
        .iter()
        .map(|text| literal_type(text.as_deref(), &value.ty))
        .find(|ty| ty.oid == oids::NUMERIC)
        .unwrap_or_else(|| value.ty.storage().clone());
    let list = array_literal(texts.iter().map(Option::as_deref));
    let mut sql = Fragment::new();
    // An array type has no array type of its own, and what cannot be compared is compared as text.
    if matches!(whole.kind, TypeKind::Array { .. }) || !expr::has_order(&whole) {
        sql.push(as_text(value)).sql(" = ANY (").bind_as(list, &TypeRef::text_array()).sql(")");
    } else {
        sql.push(value.sql).sql(" = ANY (").bind_as(list, &TypeRef::of(&whole).array_of()).sql(")");
    }
    sql
}
