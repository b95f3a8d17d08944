"""Kotlin: the suspending calls, those with response metadata, and the futures made from them."""

# ruff: noqa: E501 (lines of what is generated)
from __future__ import annotations

import re
from itertools import starmap
from pathlib import Path

import mobile
from definition import ROOT, Definition, Field, Operation
from mobile import call, camel, class_name, comment

FOLDER = "bindings/kotlin/src/main/kotlin/vitable/groups"
TYPES = {"string": "String", "integer": "Long", "number": "Double", "boolean": "Boolean",
         "date": "String", "timestamp": "Instant"}  # fmt: skip
KEYWORDS = {"as", "break", "class", "continue", "do", "else", "false", "for", "fun", "if", "in",
            "interface", "is", "null", "object", "package", "return", "super", "this", "throw",
            "true", "try", "typealias", "typeof", "val", "var", "when", "while"}  # fmt: skip
#: Exceptions that are not named like their kind.
EXCEPTIONS = {"Closed": "ClientClosed", "Status": "OtherStatus", "Connection": "ConnectionFailed",
              "Timeout": "ApiTimeout", "Deadline": "DeadlineExceeded", "Aborted": "ApiUserAbort",
              "ResponseValidation": "ApiResponseValidation", "GuardRefused": "RosterGuard",
              "Internal": "InternalError"}  # fmt: skip
#: What Java sets with a builder, `name:type`; a dot leads to the options inside of others.
BUILDERS = {
    "RequestOptions": "timeout:Duration deadline:Duration maxRetries:Int headers:header query:query "
    "idempotencyKey:String organization:String",
    "WaitOptions": "deadline:Duration pollInterval:Duration request:RequestOptions",
    "ReadOptions": "format:RosterFormat encoding:RosterEncoding delimiter:String columns:column "
    "keepUnknown: emptyCell:EmptyCell defaultPlanId:String multiLineCells:",
    "ApplyOptions": "firstSync: guard.maxRemovals:String guard.allowNewReferenceIds: "
    "guard.allowEmpty: check:CheckOptions wait:WaitOptions",
    "GuardOptions": "maxRemovals:String allowNewReferenceIds: allowEmpty:",
}
STATUS = {"BadRequest", "Authentication", "PermissionDenied", "NotFound", "Conflict", "Status",
          "UnprocessableEntity", "RateLimit", "InternalServer"}  # fmt: skip
OPTIONS = "options: RequestOptions = RequestOptions()"
PAGE = ["limit: Long? = null", "page: Long? = null", "prefetch: Int = 0"]
#: A suspending function of a hand-written or generated class.
SUSPENDING = re.compile(
    r"    (?:public|internal) suspend fun (\w+)\(\s*([^=]*?(?:=[^=]*?)*)\s*\): ([\w<>?]+)(?= [={]|\n)"
)


def name(key: str) -> str:
    return f"`{camel(key)}`" if key in KEYWORDS else camel(key)


def kind(field: Field) -> str:
    if field.type.item:
        return f"List<{mobile.RECORDS.get(field.type.item.model) or field.type.item.model or TYPES[field.type.item.kind]}>"
    return TYPES.get(field.type.kind) or field.type.model


def declared(field: Field) -> str:
    return f"{name(field.name)}: {kind(field)}" + ("" if field.required else "? = null")


def documented(text: str, indent: int = 4) -> str:
    pad = " " * indent
    if len(text) <= 93 - indent:
        return f"{pad}/** {text} */\n"
    return f"{pad}/**\n" + comment(text, " * ", indent) + f"{pad} */\n"


class Shape:
    """The parameters of a call: with the body's fields, and with the body as an object."""

    def __init__(self, operation: Operation) -> None:
        lead = [*mobile.path_arguments(operation), *mobile.queries(operation)]
        self.lead = [declared(each) for each in lead]
        self.given = [name(each.name) for each in lead]
        self.fields = operation.body.fields if operation.body else ()
        self.roster = mobile.has_roster(operation)
        self.whole = any(not each.required for each in self.fields)
        body = operation.body.name if operation.body else ""
        self.fields_apart = [*self.lead, *([] if self.roster else map(declared, self.fields))]
        self.compact = [*self.lead, f"params: {body}"] if self.whole else self.fields_apart
        made = [
            f"optional({name(each.name)})"
            if not each.required and kind(each) == "String"
            else name(each.name)
            for each in self.fields
        ]
        self.made = f"{body}({', '.join(made)})"
        if self.roster:
            self.fields_apart = self.compact = [*self.lead, "roster: Roster"]


def single(operation: Operation, metadata: bool) -> str:
    """A call that returns one object."""
    shape, result, method = Shape(operation), operation.result.name, camel(operation.method)
    native = camel(mobile.native(operation))
    given = [*shape.given]
    if metadata:
        text = (
            documented(f"See [{class_name(operation.resource)}.{method}].") + "    @JvmSynthetic\n"
        )
        head = call(
            f"public suspend fun {method}", [*shape.compact, OPTIONS], f": Response<{result}>", 4
        )
        given += ["roster.native"] if shape.roster else ["params"] if operation.body else []
        body = f"        return mapErrorsSuspend {{ native.{native}({', '.join(given)}, options, null) }}.toResponse()\n"
        made = (
            ""
            if shape.whole or shape.roster or not operation.body
            else f"        val params = {shape.made}\n"
        )
        return f"{text}{head} {{\n{made}{body}    }}\n"
    text = (
        documented(" ".join(filter(None, [operation.doc, operation.detail])))
        + "    @JvmSynthetic\n"
    )
    head = call(f"public suspend fun {method}", [*shape.fields_apart, OPTIONS], f": {result} =", 4)
    given += (
        ["roster"]
        if shape.roster
        else [shape.made]
        if shape.whole
        else [name(each.name) for each in shape.fields]
    )
    text += f"{head}\n        withResponse.{method}({', '.join([*given, 'options'])}).data\n"
    if shape.whole:
        text += (
            "\n"
            + documented(f"{operation.doc} Fields can be absent, null or a value.")
            + "    @JvmSynthetic\n"
        )
        text += call(f"public suspend fun {method}", [*shape.compact, OPTIONS], f": {result} =", 4)
        text += f"\n        withResponse.{method}({', '.join([*shape.given, 'params', 'options'])}).data\n"
    return text


def listed(operation: Operation, native: str) -> str:
    """A call that returns a list."""
    shape, item = Shape(operation), operation.result.name
    one, all_of = camel(mobile.native(operation)), camel(mobile.pager(operation))
    given = "".join(f"{each}, " for each in shape.given)
    parameters = "".join(comment(f"@param {key} {doc}", " * ", 4) for key, doc in [
        ("limit", "items per page, 1 to 100; the server's default is 20."),
        ("page", "the page to start at, from 1."),
        ("prefetch", "how many pages to fetch concurrently once the total is known."),
    ])  # fmt: skip
    return (
        f"    /**\n{comment(operation.doc, ' * ', 4)}     *\n{parameters}     */\n    @JvmOverloads\n"
        + call(
            f"public fun {camel(operation.method)}",
            [*shape.lead, *PAGE, OPTIONS],
            f": PagedList<{item}> {{",
            4,
        )
        + f"\n        val params = ListParams(limit, page, prefetch)\n        return PagedList(\n"
        f"            {{ mapErrorsSuspend {{ {native}.{one}({given}params, options, null) }}.toPage() }},\n"
        f"            {{ distinct ->\n                mapErrors {{ {native}.{all_of}({given}params, distinct, options) }}.toPager()\n            }},\n"
        f"        )\n    }}\n"
    )


def children(definition: Definition, resource: str) -> list[str]:
    return [each for each in definition.resources if each.rpartition(".")[0] == resource]


def resource(definition: Definition, path: str) -> str:
    """A class of calls, and the same with metadata."""
    operations, title = definition.of(path), class_name(path)
    plain = [each for each in operations if not each.paginated]
    special = path in mobile.SPECIAL
    native = "withResponse.native" if plain else "native"
    text = documented(definition.resources[path], 0)
    text += f"public {'abstract ' if special else ''}class {title}{'Base' if special else ''} internal constructor(\n"
    if plain:
        text += "    /** The same calls, returning the response metadata as well. */\n"
        text += f"    public val withResponse: {title}WithResponse,\n"
    else:
        text += f"    {'private val ' if operations else ''}native: NativeClient,\n"
    members = [
        documented(definition.resources[each])
        + f"    public val {camel(each.rpartition('.')[2])}: {class_name(each)} =\n"
        + f"        {class_name(each)}({created(definition, each, native)})\n"
        for each in children(definition, path)
    ]
    members += [
        listed(each, native) if each.paginated else single(each, metadata=False)
        for each in operations
    ]
    text += ") {\n" + "\n".join(members) + "}\n"
    if plain:
        text += f"\n/** [{title}] with response metadata. */\n"
        text += f"public class {title}WithResponse internal constructor(internal val native: NativeClient) {{\n"
        text += "\n".join(single(each, metadata=True) for each in plain) + "}\n"
    return text


def created(definition: Definition, path: str, native: str) -> str:
    plain = any(not each.paginated for each in definition.of(path))
    return f"{class_name(path)}WithResponse({native})" if plain else native


def conversions(definition: Definition) -> str:
    """From the facade's pages and responses, which have no type in common."""
    text = ""
    for each in mobile.results(definition, paginated=False):
        text += f"\ninternal fun Native{each.name}.toResponse(): Response<{each.name}> = Response(data, metadata)\n"
    for each in mobile.results(definition, paginated=True):
        text += f"""
internal fun Native{each.name}Pager.toPager(): Pager<{each.name}> =
    Pager({{ mapErrorsSuspend {{ next(null) }}?.toPage() }}, ::close)

internal fun Native{each.name}Page.toPage(): Page<{each.name}> {{
    val (items, number, nextNumber, pagination, metadata) = mapErrors {{ contents() }}
    return Page(items, number, nextNumber, pagination, metadata) {{
        mapErrorsSuspend {{ nextPage(null) }}?.toPage()
    }}
}}
"""
    return text


def future(title: str, found: tuple[str, str, str]) -> str:
    """A call that returns a future, from a suspending one."""
    method, parameters, result = found
    rows = [each.strip().rstrip(",") for each in re.split(r",\s+(?=[\w`]+: )", parameters)]
    taken, given = [], []
    for row in rows:
        key = row.partition(":")[0]
        taken.append(
            re.sub(
                r"\(\((\w+)\) -> Unit\)", r"Consumer<\1>", row.replace("String? = null", "String?")
            )
        )
        given.append(f"{key}?.let {{ it::accept }}" if "-> Unit" in row else key)
    java = {"wait": "waitFor"}.get(method, method)
    owner = title[0].lower() + title[1:]
    text = documented(f"See [{title}.{method}].") + "    @JvmOverloads\n"
    text += call(f"public fun {java}", taken, f": CompletableFuture<{result}> =", 4)
    return text + f"\n        future {{ {owner}.{method}({', '.join(given)}) }}\n"


def futures(definition: Definition, path: str, sources: list[str]) -> str:
    """The class of a resource for Java; of overloads, the first counts."""
    title = class_name(path)
    found: dict[str, tuple[str, str, str]] = {}
    for source in sources:
        for part in re.split(r"\n(?=public )", source):
            if re.match(rf"public (abstract )?class {title}(Base)? ", part):
                for each in SUSPENDING.findall(part):
                    found.setdefault(each[0], each)
    if not found and not children(definition, path):
        return ""
    owner = title[0].lower() + title[1:]
    members = [
        documented(definition.resources[each])
        + f"    public val {camel(each.rpartition('.')[2])}: {class_name(each)}Async = {class_name(each)}Async({owner}.{camel(each.rpartition('.')[2])})\n"
        for each in children(definition, path)
    ]
    members += [future(title, each) for each in found.values()]
    return (
        f"\n/** [{title}] for Java. */\npublic class {title}Async internal constructor(private val {owner}: {title}) {{\n"
        + "\n".join(members)
        + "}\n"
    )


def scenario(operation: Operation) -> str:
    """How the runner of the shared scenarios calls an operation."""

    def value(field: Field, body: bool = True) -> str:
        text = f'params.text("{field.name}")'
        if field.type.item:
            return f'params.array("{field.name}"){"!!" if field.required else "?"}.map {{ it.content!! }}'
        if body and not field.required and kind(field) == "String":
            return f'field(params, "{field.name}")'
        convert = {"integer": "it.toLong()", "number": "it.toDouble()", "boolean": "it.toBoolean()"}
        converted = convert.get(field.type.kind, "it")
        if field.type.kind == "enum":
            converted = f"{field.type.model}.Unknown(it)"
        if field.required:
            return converted.replace("it", f"{text}!!", 1) if converted != "it" else f"{text}!!"
        return text if converted == "it" else f"{text}?.let {{ {converted} }}"

    lead = [*mobile.path_arguments(operation), *mobile.queries(operation)]
    given = [value(each, body=False) for each in lead]
    owner = "client." + ".".join(camel(each) for each in operation.resource.split("."))
    if operation.paginated:
        given += [
            'params.long("limit")',
            'params.long("page")',
            'params.long("prefetch")?.toInt() ?: 0',
            "options",
        ]
        kinds = [operation.method] + [
            operation.method.replace("list", each) for each in ("iterate", "iterate_pages")
        ]
        names = ", ".join(f'"{operation.resource}.{each}"' for each in kinds)
        made = call(f"{owner}.{camel(operation.method)}", given, "", 0, 90)
        return (
            f"        {names} ->\n            list(call, {made}, params)\n".replace(
                "\n    p", "\n                p"
            )
            .replace("\n    o", "\n                o")
            .replace("\n)", "\n            )")
        )
    if mobile.has_roster(operation):
        given.append('Roster(members(params.array("members")!!))')
    elif operation.body:
        body = [value(each) for each in operation.body.fields]
        whole = any(not each.required for each in operation.body.fields)
        given += [f"{operation.body.name}({', '.join(body)})"] if whole else body
    made = call(
        f"data({owner}.withResponse.{camel(operation.method)}", [*given, "options"], ")", 12
    )
    return f'        "{operation.name}" ->\n{made}\n'


def exceptions() -> str:
    """A class for each kind of error."""
    text = ""
    for kind, doc in mobile.error_kinds():
        base = (
            "ApiStatus"
            if kind in STATUS
            else "ApiConnection"
            if kind in ("Connection", "Timeout")
            else "VitableConnect"
        )
        text += f"\n{documented(doc, 0)}public class {EXCEPTIONS.get(kind, kind)}Exception internal constructor("
        text += (
            f"details: ErrorDetails, cause: Throwable?) :\n    {base}Exception(details, cause)\n"
        )
    text += "\ninternal fun ErrorDetails.toException(cause: Throwable?): VitableConnectException = when (kind) {\n"
    for kind, _ in mobile.error_kinds():
        text += f"    ErrorKind.{mobile.snake(kind).upper()} -> {EXCEPTIONS.get(kind, kind)}Exception(this, cause)\n"
    return text + "}\n"


def builder(options: str, entries: str) -> str:
    """A builder of options for Java."""
    text = f"\n/** Builds [{options}] in Java. */\npublic class {options}Builder {{\n"
    text += f"    private var options = {options}()\n"
    for path, _, type_ in (each.partition(":") for each in entries.split()):
        outer, _, field = path.rpartition(".")
        method, taken, value = field, f"value: {type_}", "value"
        doc = f"See [{outer.title() + 'Options' if outer else options}.{field}]."
        if not type_:
            taken, value = "", "true"
        elif type_.islower():
            method, taken, value = (
                type_,
                "name: String, value: String?",
                f"options.{field} + (name to value)",
            )
            doc = f"Sets one of [{options}.{field}] by name."
        elif method == "wait":
            method = "waitOptions"
        changed = f"{field} = {value}"
        if outer:
            changed = f"{outer} = options.{outer}.copy({changed})"
        text += f"\n    /** {doc} */\n    public fun {method}({taken}): {options}Builder =\n"
        text += f"        apply {{ options = options.copy({changed}) }}\n"
    return (
        f"{text}\n    /** Builds the options. */\n    public fun build(): {options} = options\n}}\n"
    )


def files(definition: Definition) -> dict[str, str]:
    """The calls, and from those and the special ones, the futures."""
    head = f"// {mobile.MARK}\n\npackage vitable.groups\n"
    calls = (
        head
        + "".join("\n" + resource(definition, each) for each in definition.resources)
        + conversions(definition)
    )
    sources = [
        calls,
        *(
            each.read_text()
            for each in sorted(Path(ROOT, FOLDER).glob("*.kt"))
            if each.name not in ("Calls.kt", "Async.kt", "Exceptions.kt", "OptionsBuilders.kt")
        ),
    ]
    text = (
        head
        + "\nimport java.util.concurrent.CompletableFuture\nimport java.util.function.Consumer\n"
    )
    text += "".join(futures(definition, each, sources) for each in definition.resources)
    built = f"{head}\nimport java.time.Duration\n" + "".join(starmap(builder, BUILDERS.items()))
    runner = f"// {mobile.MARK}\n\npackage vitable.groups.conformance\n\nimport kotlinx.serialization.json.JsonObject\n"
    runner += "import vitable.groups.*\nimport vitable.groups.support.*\n\n/** Runs the call of a name; its result. */\n"
    runner += call(
        "internal suspend fun CallRunner.call",
        ["client: VitableConnect", "call: String", "params: JsonObject", "options: RequestOptions"],
        ": Any? =",
    )
    runner += (
        "\n    when (call) {\n"
        + "".join(map(scenario, definition.operations))
        + "        else -> special(client, call, params, options)\n    }\n"
    )
    tests = FOLDER.replace("main", "test")
    return {
        f"{FOLDER}/Calls.kt": calls,
        f"{FOLDER}/Async.kt": text,
        f"{FOLDER}/Exceptions.kt": head + exceptions(),
        f"{FOLDER}/OptionsBuilders.kt": built,
        f"{tests}/conformance/Calls.kt": runner,
    }
