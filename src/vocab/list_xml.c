/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/list_xml.c: ClaML, in which the WHO publishes ICD-10, and RDF/XML, in which the French
 * terminology server exports its lists (OWL classes or SKOS concepts).
 *
 * A code is an element: <Class code="…"> of ClaML; in RDF any element with rdf:about that holds a
 * notation, or whose address ends with the code. Its labels are the texts of elements inside.
 *
 *     ClaML  <Rubric kind="preferred"><Label xml:lang="fr">…    else a synonym if kind is
 *                                                               "preferredLong", "inclusion" no
 *     RDF    rdfs:label, skos:prefLabel, skos:altLabel (a synonym), skos:notation
 *
 * Entities are expanded by expat within its own limits; what is declared outside is not read. */
#include <string.h>

#include <expat.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "vocab/list_internal.h"

#define TEXT_LIMIT ((size_t)64 << 10) /* of one element */
#define DEPTH_LIMIT 64
#define LANG_SIZE 8
#define FRENCH_SERVER "esante.gouv.fr" /* whose labels are French where they do not say */

struct xml {
    struct gathering *gathering;
    XML_Parser parser;
    int depth;
    bool is_claml, is_rdf;
    /* the class under way: its element's depth, 0 outside */
    int class_depth;
    unsigned line;
    char about[512];
    const char *code; /* in the arena; NULL not yet */
    struct entry said;
    /* the element whose text is gathered: its depth, 0 none */
    int text_depth;
    enum { TEXT_LABEL, TEXT_SYNONYM, TEXT_NOTATION, TEXT_VERSION } kind;
    bool is_preferred; /* of the rubric */
    char lang[LANG_SIZE];
    struct buffer text;
    struct error failed;
};

/* The line at which XML's parser stands. */
static unsigned line_of(const struct xml *xml)
{
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9 /* Debian 13; 12 has 2.5 without it */
    return (unsigned)XML_GetCurrentLineNumber64(xml->parser);
#else
    return (unsigned)XML_GetCurrentLineNumber(xml->parser);
#endif
}

/* The name behind its prefix. */
static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(local_name(attributes[0]), name) == 0)
            return attributes[1];
    return NULL;
}

static void begin_text(struct xml *xml, int kind, const char **attributes)
{
    const char *lang = attribute(attributes, "lang");

    xml->text_depth = xml->depth;
    xml->kind = kind;
    xml->lang[0] = '\0';
    if (lang && strlen(lang) < LANG_SIZE)
        memcpy(xml->lang, lang, strlen(lang) + 1);
    buffer_clear(&xml->text);
}

static void begin_class(struct xml *xml, const char *code, const char *about)
{
    struct arena *arena = xml->gathering->arena;

    xml->class_depth = xml->depth;
    xml->line = line_of(xml);
    xml->code = code ? arena_string(arena, code, strlen(code)) : NULL;
    xml->about[0] = '\0';
    if (about && strlen(about) < sizeof(xml->about))
        memcpy(xml->about, about, strlen(about) + 1);
    xml->said = (struct entry){.words = ""};
}

static void start_claml(struct xml *xml, const char *name, const char **attributes)
{
    const char *kind = attribute(attributes, "kind");

    if (strcmp(name, "Title") == 0) {
        const char *version = attribute(attributes, "version");

        if (version)
            gather_version(xml->gathering, version, strlen(version));
    } else if (strcmp(name, "Class") == 0 && xml->class_depth == 0) {
        const char *code = attribute(attributes, "code");

        /* chapters and blocks are no codes */
        if (code && (!kind || strcmp(kind, "category") == 0))
            begin_class(xml, code, NULL);
    } else if (strcmp(name, "Rubric") == 0) {
        xml->is_preferred = kind && strcmp(kind, "preferred") == 0;
    } else if (strcmp(name, "Label") == 0 && xml->is_preferred && !xml->text_depth) {
        begin_text(xml, TEXT_LABEL, attributes);
    }
}

static void start_rdf(struct xml *xml, const char *name, const char **attributes)
{
    static const struct {
        const char *name;
        int kind;
    } texts[] = {{"label", TEXT_LABEL},
                 {"prefLabel", TEXT_LABEL},
                 {"altLabel", TEXT_SYNONYM},
                 {"notation", TEXT_NOTATION}};
    const char *about = attribute(attributes, "about");

    if (strcmp(name, "versionInfo") == 0 && !xml->text_depth)
        begin_text(xml, TEXT_VERSION, attributes);
    if (xml->class_depth == 0 && about && xml->depth > 1 &&
        strcmp(name, "Ontology") != 0 && strcmp(name, "ConceptScheme") != 0) {
        begin_class(xml, NULL, about);
        return;
    }
    if (xml->class_depth == 0 || xml->depth != xml->class_depth + 1 || xml->text_depth)
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (strcmp(name, texts[i].name) == 0)
            begin_text(xml, texts[i].kind, attributes);
}

static void XMLCALL on_start(void *context, const char *name, const char **attributes)
{
    struct xml *xml = context;
    const char *local = local_name(name);

    if (++xml->depth > DEPTH_LIMIT) {
        error_set(&xml->failed, ERROR_LIMIT, "elements nest more than %d deep",
                  DEPTH_LIMIT);
        XML_StopParser(xml->parser, XML_FALSE);
        return;
    }
    if (xml->depth == 1) {
        xml->is_claml = strcmp(local, "ClaML") == 0;
        xml->is_rdf = strcmp(local, "RDF") == 0;
        if (!xml->is_claml && !xml->is_rdf) {
            error_set(&xml->failed, ERROR_INPUT,
                      "XML, but neither ClaML nor RDF: its first element is %.60s", name);
            XML_StopParser(xml->parser, XML_FALSE);
        }
    }
    if (xml->is_claml)
        start_claml(xml, local, attributes);
    else
        start_rdf(xml, local, attributes);
}

static void XMLCALL on_text(void *context, const char *text, int length)
{
    struct xml *xml = context;

    if (xml->text_depth)
        buffer_append(&xml->text, text, (size_t)length);
}

static void end_text(struct xml *xml)
{
    struct gathering *gathering = xml->gathering;
    const char *text = buffer_text(&xml->text);
    size_t length = xml->text.length;
    bool french = strncmp(xml->lang, "fr", 2) == 0 ||
                  (!xml->lang[0] && strstr(xml->about, FRENCH_SERVER));

    xml->text_depth = 0;
    switch (xml->kind) {
    case TEXT_LABEL:
        gather_text(gathering, &xml->said, french ? ENTRY_FR : ENTRY_EN, text, length);
        break;
    case TEXT_SYNONYM:
        gather_text(gathering, &xml->said, ENTRY_WORD, text, length);
        break;
    case TEXT_NOTATION:
        if (!xml->code)
            xml->code = arena_string(gathering->arena, text, length);
        break;
    case TEXT_VERSION: gather_version(gathering, text, length); break;
    }
}

static void end_class(struct xml *xml)
{
    const char *code = xml->code;
    struct entry *entry;

    xml->class_depth = 0;
    if (!code && (xml->said.fr || xml->said.en)) {
        /* …/terminologie-cim-10/C34.1, …#C34.1 */
        const char *hash = strrchr(xml->about, '#');
        const char *slash = strrchr(xml->about, '/');

        code = hash ? hash + 1 : slash ? slash + 1 : NULL;
    }
    if (!code)
        return; /* a property, an annotation: no code was said */
    entry = gather_code(xml->gathering, code, strlen(code), xml->line);
    if (!entry)
        return;
    if (!entry->fr)
        entry->fr = xml->said.fr;
    if (!entry->en)
        entry->en = xml->said.en;
    if (!*entry->words)
        entry->words = xml->said.words;
    if (xml->gathering->n % 4096 == 0 && gather_check(xml->gathering, &xml->failed) < 0)
        XML_StopParser(xml->parser, XML_FALSE);
}

static void XMLCALL on_end(void *context, const char *name)
{
    struct xml *xml = context;

    if (xml->text_depth == xml->depth)
        end_text(xml);
    if (xml->is_claml && strcmp(local_name(name), "Rubric") == 0)
        xml->is_preferred = false;
    if (xml->class_depth == xml->depth)
        end_class(xml);
    xml->depth--;
}

static int parse(struct xml *xml, const char *text, size_t length, struct error *err)
{
    if (XML_Parse(xml->parser, text, (int)length, 1) == XML_STATUS_OK)
        return 0;
    if (xml->failed.code != ERROR_NONE) {
        if (err)
            *err = xml->failed;
        return -1;
    }
    return error_at(err, ERROR_INPUT, line_of(xml), 0, "not XML: %s",
                    XML_ErrorString(XML_GetErrorCode(xml->parser)));
}

int list_read_xml(struct gathering *gathering, const char *text, size_t length,
                  struct error *err)
{
    struct xml xml = {.gathering = gathering,
                      .parser = XML_ParserCreate(NULL),
                      .said = {.words = ""},
                      .failed = ERROR_INIT};
    int status;

    if (!xml.parser)
        panic("no memory for a list");
    buffer_init(&xml.text, TEXT_LIMIT);
    XML_SetUserData(xml.parser, &xml);
    XML_SetElementHandler(xml.parser, on_start, on_end);
    XML_SetCharacterDataHandler(xml.parser, on_text);
    status = parse(&xml, text, length, err);
    if (status == 0)
        gathering->list->format = xml.is_claml ? "ClaML" : "RDF";
    XML_ParserFree(xml.parser);
    buffer_free(&xml.text);
    return status;
}
