/* SPDX-License-Identifier: MIT */
/* The man page, in man(7) markup, from the command table. */
#include <string.h>

#include "cli/options.h"
#include "glassine.h"

enum { LINE_WIDTH = 78 };

/* One character, escaped where man(7) would take it for markup. */
static size_t put_character(FILE *to, char c, bool is_first)
{
    if (is_first && (c == '.' || c == '\''))
        fputs("\\&", to);
    if (c == '\\')
        return fputs("\\e", to) >= 0 ? 2 : 0;
    if (c == '-')
        return fputs("\\-", to) >= 0 ? 2 : 0;
    fputc(c, to);
    return 1;
}

/* Text as lines of words; an empty line begins a paragraph. */
static void print_text(FILE *to, const char *text)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t word = strcspn(text, " \n");
        if (column > 0 && column + 1 + word > LINE_WIDTH) {
            fputc('\n', to);
            column = 0;
        } else if (column > 0) {
            fputc(' ', to);
            column++;
        }
        for (size_t i = 0; i < word; i++)
            column += put_character(to, text[i], column == 0);
        text += word;
        if (*text == '\n' && text[1] == '\n') {
            fputs("\n.PP\n", to);
            column = 0;
        }
        text += strspn(text, " \n");
    }
    fputc('\n', to);
}

/* `size` characters on one line, as they are. */
static void print_literal(FILE *to, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        (void)put_character(to, text[i], i == 0);
}

static void print_options(FILE *to, const struct cli_option *options)
{
    for (const struct cli_option *row = options; row->name != NULL; row++) {
        fputs(".TP\n", to);
        if (row->letter != 0)
            fprintf(to, "\\fB\\-%c\\fR, ", row->letter);
        fputs("\\fB\\-\\-", to);
        print_literal(to, row->name, strlen(row->name));
        fputs("\\fR", to);
        if (row->argument != NULL)
            fprintf(to, " \\fI%s\\fR", row->argument);
        fputc('\n', to);
        print_text(to, row->help);
    }
}

/* Lines "command<TAB>what it does". */
static void print_examples(FILE *to, const char *examples)
{
    fputs(".PP\nExamples:\n", to);
    while (*examples != '\0') {
        size_t line = strcspn(examples, "\n");
        size_t command = strcspn(examples, "\t\n");
        fputs(".PP\n.RS 4\n.nf\n\\fB", to);
        print_literal(to, examples, command);
        fputs("\\fR\n", to);
        if (command < line) {
            fputs("    ", to);
            print_literal(to, examples + command + 1, line - command - 1);
            fputc('\n', to);
        }
        fputs(".fi\n.RE\n", to);
        examples += line + (examples[line] == '\n' ? 1 : 0);
    }
}

static void print_commands(FILE *to, const struct cli_command *commands)
{
    for (const struct cli_command *row = commands; row->name != NULL; row++) {
        fputs(".SS glassine ", to);
        print_literal(to, row->name, strlen(row->name));
        fputs(row->operands[0] != '\0' ? " [OPTIONS] " : " [OPTIONS]", to);
        print_literal(to, row->operands, strlen(row->operands));
        fputc('\n', to);
        print_text(to, row->text);
        print_options(to, row->options);
        print_examples(to, row->examples);
    }
}

static const char *const after_commands[] = {
    ".SH OUTPUT",
    "Import and update print a line \"SOURCE -> DESTINATION\" for every file where stdout is no "
    "terminal, or with --verbose; what failed, remarks and the summary go to stderr. A terminal "
    "gets a progress line on stderr. Control characters in names are shown as \\xNN.\n\n"
    "With --json, stdout gets one object a line and nothing else, in input order.",
    ".TP\n\\fBimport\\fR, \\fBupdate\\fR, \\fBgenerate\\-db\\fR",
    "event (file), source, destination, status (imported, duplicate, skipped, failed), reason, "
    "sha256, date_taken, written (embedded, sidecar, none), written_reason, source_fate (kept, "
    "moved, trashed), source_reason, date_source; event (left_out), path, reason; at last event "
    "(summary), scanned, imported, duplicate, skipped, failed, bytes, seconds, interrupted, "
    "dated_by (content, name, file_times), and, where they are not 0, left_out, left_out_by "
    "(extension, folder, reason, count), sources_kept and places_offline.",
    ".TP\n\\fBshow\\fR",
    "file, kind, format, date_taken, utc_offset, date_source, camera_make, camera_model, "
    "latitude, longitude, album, title, original_name, content_id, burst_id, "
    "essence_xxh128, notes, "
    "camera_source, position_source, album_source, title_source, companions (the files beside it "
    "whose values count), filed_as (the path in a library that an import would give it), "
    "description, people, rating, favourite, albums (all that the library knows of a file in it), "
    "album_keywords (albums that keywords name), further_values (what duplicates said otherwise: "
    "name, value), "
    "and, where there is a position, city, "
    "state, country; or file, error.",
    ".TP\n\\fBverify\\fR",
    "event (file), path, state, reason, found_at, accepted, repaired; at last event (summary), a "
    "number for each state, checked, repaired, accepted, bytes, seconds, "
    "interrupted.",
    ".TP\n\\fBlog\\fR",
    "event (run), run, command, command_line, version, started, ended and the numbers of its "
    "summary; event (action), run, action, from, to, source_sha256, stored_xxh128.",
    ".TP\n\\fBlist\\fR",
    "event (album), name, title, description, date, files; or event (file), path.",
    ".TP\n\\fBviews\\fR",
    "event (link), path, change (made, removed, left); event (failed), path, reason; at last "
    "event (summary), links, made, removed, left, without, failed.",
    ".TP\n\\fBplace\\fR",
    "latitude, longitude, city, state, country, country_code, time_zone, distance_m.",
    ".PP",
    "A path that is not UTF-8 has its other bytes replaced by U+FFFD, and a key of the same name "
    "with _bytes behind it holds it exactly: everything but A-Z a-z 0-9 - . _ ~ / is %XX.",
    ".SH EXIT STATUS",
    NULL,
    ".TP\n0",
    "All is well; duplicates are well.",
    ".TP\n1",
    "A file failed, or was stored and could not be removed as \\-\\-move or \\-\\-trash ask; "
    "verify found one that is not what it was, or views left out a link whose name "
    "something else has, or met a file that cannot be read.",
    ".TP\n2",
    "The command line or the configuration is wrong; nothing was done.",
    ".TP\n3",
    "The library or its database cannot be used.",
    ".TP\n130",
    "Interrupted. The first Ctrl-C finishes what is in flight and commits it; the second leaves "
    "at once, which is as safe as a power cut.",
    ".SH ENVIRONMENT",
    NULL,
    ".TP\nGLASSINE_CONFIG",
    "The configuration, where --config names none.",
    ".TP\nXDG_CONFIG_HOME, ELODIE_APPLICATION_DIRECTORY, HOME",
    "Where the configuration is looked for: glassine/config.ini below the first (or ~/.config), "
    "config.ini in the second (or ~/.elodie).",
    ".TP\nELODIE_MAPQUEST_KEY, ELODIE_MAPQUEST_BASE_URL",
    "As for Elodie: asks MapQuest for the names of places.",
    ".TP\nTZ",
    "The machine's time zone, for dates that state neither an offset nor a position, where the "
    "configuration names no zone.",
    ".SH FILES",
    NULL,
    ".TP\nLIBRARY/.glassine/library.db",
    "The library's database (SQLite).",
    ".TP\n~/.config/glassine/config.ini",
    "The configuration; glassine-config(5) explains every key.",
    ".SH SEE ALSO",
    "glassine-config(5), glassine(3), exiftool(1), rsync(1)"};

void cli_print_man(FILE *to, const struct cli_command *commands, const struct cli_option *shared)
{
    fprintf(to,
            ".TH GLASSINE 1 \"\" \"glassine %s\" \"User Commands\"\n"
            ".SH NAME\nglassine \\- file photos and videos, and never harm them\n"
            ".SH SYNOPSIS\n.B glassine\n.I COMMAND\n[OPTIONS] [ARGUMENTS]\n.br\n"
            ".B glassine\n.I COMMAND\n.B \\-\\-help\n.br\n.B glassine \\-\\-version\n"
            ".SH DESCRIPTION\n",
            gls_version());
    print_text(to, "Files photos, videos, sounds and notes into a library of folders by date, "
                   "place and album; finds duplicates by hash; writes tags without touching the "
                   "picture; proves later that nothing has changed. Options may stand before and "
                   "behind paths, as --option VALUE or --option=VALUE; -- ends them.");
    fputs(".SH COMMANDS\n", to);
    print_commands(to, commands);
    fputs(".SH OPTIONS OF EVERY COMMAND\n", to);
    print_options(to, shared);
    for (size_t i = 0; i < sizeof after_commands / sizeof after_commands[0]; i += 2) {
        fprintf(to, "%s\n", after_commands[i]);
        if (after_commands[i + 1] != NULL)
            print_text(to, after_commands[i + 1]);
    }
}
