"""Names that a page could take for something else than text."""

NAMES = ("</textarea><script>document.title=1</script>", '" autofocus onfocus="document.title=2', "javascript:document.title=3", "${document.title=4}",
         "\u202ename", "__proto__", "constructor", "toString", "%3Cscript%3E", "../../etc", "a'; DROP TABLE b; --", "<![CDATA[x]]>", "&lt;b&gt;", "a`b`c", "  ", "-->")


def dump():
    """A table of each name, with its columns, its comment, its role, and something that is found in it."""
    parts = []
    for name in NAMES:
        quoted, text = name.replace('"', '""'), name.replace("'", "''")
        parts.append(f'CREATE TABLE public."{quoted}" ("{quoted}" bigint PRIMARY KEY, what nosuchtype, price money);\n'
                     f"COMMENT ON TABLE public.\"{quoted}\" IS '{text}';\nALTER TABLE public.\"{quoted}\" OWNER TO \"{quoted}\";\n"
                     f"CREATE VIEW public.\"v {quoted}\" AS SELECT what FROM public.\"{quoted}\";\n")
    return "".join(parts)
