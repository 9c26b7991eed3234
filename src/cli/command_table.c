/* SPDX-License-Identifier: MIT */
/* Every command and option, once: parsing, help and the man page read this. */
#include "cli/commands.h"

#define WAIT_OPTION                                                                                \
    {                                                                                              \
        "wait", 0, "SECONDS",                                                                      \
            "Wait this long for another glassine that is at work in the library; 0: fail at "      \
            "once. On a terminal it waits until that has finished, else for 60 seconds."           \
    }
#define NO_MORE_OPTIONS                                                                            \
    {                                                                                              \
        NULL, 0, NULL, NULL                                                                        \
    }

const struct cli_option cli_shared_options[] = {
    {"config", 0, "FILE", "Read this configuration instead of the usual one."},
    {"json", 0, NULL, "Print one JSON object a line on stdout, and nothing else there."},
    {"quiet", 'q', NULL, "Print only what failed."},
    {"verbose", 'v', NULL, "Print every file and every remark."},
    {"debug", 0, NULL, "The same as --verbose."},
    {"no-progress", 0, NULL, "No progress line on the terminal."},
    {"help", 'h', NULL, "Tell what the command does and takes."},
    NO_MORE_OPTIONS};

static const struct cli_option import_options[] = {
    {"destination", 'd', "DIR",
     "The library; made if it is missing. Without it, [Library] destination= of the "
     "configuration."},
    {"source", 's', "DIR", "A folder to import, like one of PATHS."},
    {"file", 'f', "PATH", "A file to import, like one of PATHS."},
    {"album-from-folder", 'a', NULL,
     "A file without an album gets the name of its folder as album."},
    {"allow-duplicates", 0, NULL, "Import also what the library holds already."},
    {"exclude-regex", 0, "RE",
     "Leave out paths in which this regular expression matches. May be given more than once; "
     "without it, [Exclusions] of the configuration."},
    {"write-metadata", 0, "HOW",
     "embed (the default): write the original name, the album and what a Takeout says into the "
     "copies; sidecar: into .xmp files beside them; none: copies are equal to their sources, bit "
     "by bit."},
    {"move", 0, NULL,
     "Remove each source once its copy is flushed, read back, found equal and recorded."},
    {"trash", 't', NULL, "As --move, but the sources go to the desktop's trash."},
    {"prune-empty", 0, NULL, "With --move or --trash: remove source folders that became empty."},
    {"no-hooks", 0, NULL, "Start no command of [Hooks]."},
    {"include-ignored", 0, NULL, "Take also what lies in trashes, thumbnails and the like."},
    {"jobs", 'j', "N",
     "Work on N files at once; by default one per CPU; from a card 4, from a hard disk 1, over a "
     "network 8."},
    {"dry-run", 'n', NULL, "Report what would be done and touch nothing."},
    WAIT_OPTION,
    NO_MORE_OPTIONS};

static const struct cli_option show_options[] = {NO_MORE_OPTIONS};

static const struct cli_option update_options[] = {
    {"album", 0, "ALBUM", "Set the album."},
    {"add", 0, NULL,
     "With --album: the files are in that album too; the library's database says so, and no "
     "file is moved, nor written but with [Metadata] album_tags=yes."},
    {"remove", 0, NULL, "With --album: the files leave an album that --add, or an import, added."},
    {"title", 0, "TITLE", "Set the title."},
    {"location", 0, "PLACE", "Set the position: the name of a place, or LAT,LON in degrees."},
    {"time", 0, "TIME",
     "Set the date taken: \"YYYY-mm-dd[ HH:MM[:SS]][+HH:MM]\", local time where it was taken."},
    {"shift", 0, "DURATION",
     "Move each file's own time, for a camera clock that was wrong: +1h30m, -2d (w, d, h, m, s)."},
    {"clear", 0, "WHAT", "Remove values: album, title, location, separated by commas."},
    {"yes", 'y', NULL, "Do not ask on a terminal before more than 50 files are changed."},
    {"in-place", 0, NULL, "Only write tags: no library, no new name, no database."},
    {"write-metadata", 0, "HOW",
     "embed (the default), sidecar or none, as in import; with none only names and folders "
     "change."},
    {"no-hooks", 0, NULL, "Start no command of [Hooks]."},
    {"jobs", 'j', "N",
     "Work on N files at once; by default one per CPU; from a card 4, from a hard disk 1, over a "
     "network 8."},
    {"dry-run", 'n', NULL, "Report what would be done and touch nothing."},
    WAIT_OPTION,
    NO_MORE_OPTIONS};

static const struct cli_option batch_options[] = {
    {"library", 0, "DIR",
     "The library; without it, the one that holds the working directory, else [Library] "
     "destination= of the configuration."},
    {"no-hooks", 0, NULL, "Start no command of [Hooks]."},
    WAIT_OPTION,
    NO_MORE_OPTIONS};

static const struct cli_option plugins_options[] = {
    {"library", 0, "DIR",
     "The library; without it, the one that holds the working directory, else [Library] "
     "destination= of the configuration."},
    {"retry", 0, NULL, "Try what was set aside or is to wait again with the next import or batch."},
    {"drop", 0, NULL, "Empty the queue: the plugin is never told of these files."},
    WAIT_OPTION,
    NO_MORE_OPTIONS};

static const struct cli_option verify_options[] = {
    {"library", 0, "DIR",
     "The library; without it, the one that holds the working directory, else [Library] "
     "destination= of the configuration."},
    {"quick", 0, NULL, "Compare sizes and times only; read no file."},
    {"sample", 0, "PERCENT", "Check that share of the files: those whose last check is oldest."},
    {"accept", 0, "STATES",
     "Take these states into the database: edited, changed, moved, missing, untracked, separated "
     "by commas."},
    {"repair-from", 0, "COPY",
     "Restore rotten and missing files from this folder, where their bytes are found by hash. The "
     "bad file is kept as NAME.rotten."},
    {"repair", 0, "STATES",
     "What --repair-from mends: rotten, edited, changed, missing, unreadable, separated by commas; "
     "rotten,missing by default."},
    {"resume", 0, NULL, "Go on where an interrupted verify was."},
    {"jobs", 'j', "N",
     "Read N files at once; by default one per CPU; from a card 4, from a hard disk 1, over a "
     "network 8."},
    WAIT_OPTION,
    NO_MORE_OPTIONS};

static const struct cli_option generate_options[] = {
    {"source", 's', "DIR",
     "The library whose database is made anew; without it, [Library] destination= of the "
     "configuration."},
    {"jobs", 'j', "N",
     "Read N files at once; by default one per CPU; from a card 4, from a hard disk 1, over a "
     "network 8."},
    WAIT_OPTION,
    NO_MORE_OPTIONS};

static const struct cli_option list_options[] = {
    {"library", 0, "DIR",
     "The library; without it, the one that holds the working directory, else [Library] "
     "destination= of the configuration."},
    {"null", '0', NULL, "Print names as they are, each with a NUL byte behind it, for xargs -0."},
    NO_MORE_OPTIONS};

static const struct cli_option views_options[] = {
    {"library", 0, "DIR",
     "The library; without it, the one that holds the working directory, else [Library] "
     "destination= of the configuration."},
    {"by", 0, "WHAT",
     "What the folders are: album, place (country, state, city), camera or year. camera reads "
     "every "
     "file."},
    NO_MORE_OPTIONS};

static const struct cli_option log_options[] = {
    {"library", 0, "DIR",
     "The library; without it, the one that holds the working directory, else [Library] "
     "destination= of the configuration."},
    NO_MORE_OPTIONS};

static const struct cli_option place_options[] = {NO_MORE_OPTIONS};

const struct cli_command cli_commands[] = {
    {"import", "[PATHS...]", "File photos, videos, sounds and notes into a library",
     "Reads every supported file below PATHS, decides by its date, place and album where it "
     "belongs, and copies it there. Sources are never written to. Nothing is ever overwritten: a "
     "name that is taken gets -1, -2. A file whose bytes the library holds is a duplicate. RAW "
     "and JPEG of one shot, Live Photos and sidecars stay together.",
     "glassine import --destination ~/Pictures/library /media/card\tfiles a card\n"
     "glassine import -d ~/Pictures/library --dry-run ~/Downloads\tonly tells what it would do\n"
     "glassine import -d ~/Pictures/library takeout-*.zip\treads archives as they are\n"
     "glassine import -d /srv/photos --trash --json Camera/ > report.jsonl\tfor a script\n",
     import_options, cli_run_import},
    {"show", "FILES...", "Tell what glassine reads in files, and where each value comes from",
     "Prints every value that decides where a file belongs, and where it comes from: date, camera, "
     "position, place, album, title, original name. A sidecar beside the file counts. Of a file in "
     "a "
     "library all its albums are named. Folders are walked.",
     "glassine show IMG_0001.HEIC\tfor a person\nglassine show --json *.jpg\tfor a script\n",
     show_options, cli_run_show},
    {"update", "FILES...", "Change tags of library files and move them where they then belong",
     "Writes album, title, place or time into files of a library without touching the picture, "
     "and gives them the folder and name that follow. Folders among FILES are walked. The new "
     "version is written beside the old, "
     "checked and swapped in one step.",
     "glassine update --album Wedding 2015-12-Dec/*/*.jpg\n"
     "glassine update --location \"Paris, France\" img.jpg\n"
     "glassine update --shift +1h --in-place *.jpg\ta camera clock that was an hour behind\n",
     update_options, cli_run_update},
    {"verify", "[PATHS...]", "Prove that the stored files are what they were",
     "Reads every stored file and tells whether it is ok, rotten, edited by another program, "
     "changed, moved, missing, untracked or unreadable. The exit status is 1 if anything is "
     "rotten, changed, missing or unreadable.",
     "glassine verify --library ~/Pictures/library\n"
     "glassine verify --sample 5\ta twentieth, the longest unchecked first\n"
     "glassine verify --repair-from /mnt/backup\n",
     verify_options, cli_run_verify},
    {"generate-db", "[DIR]", "Make a library's database anew from its files",
     "Hashes every file below DIR. The old database is kept beside the new one and stays in force "
     "until that is complete.",
     "glassine generate-db --source ~/Pictures/library\n", generate_options, cli_run_generate_db},
    {"list", "albums | album NAME", "List the albums of a library, or the files of one",
     "Prints the albums with how many files are in each, or the paths of one album's files below "
     "the library. A file may be in many albums.",
     "glassine list albums\nglassine list album Rome\n"
     "glassine list album Rome -0 | xargs -0 cp -t /media/stick\tfrom the library's folder\n",
     list_options, cli_run_list},
    {"views", "OUT", "Show a library by album, place, camera or year, as folders of links",
     "Makes the folder OUT, outside of the library, with relative symbolic links to the library's "
     "files, or brings it up to date. OUT/.glassine-views says what was made; nothing else in OUT "
     "is "
     "touched, and a folder that holds something else already is refused. A file that does not "
     "state what is asked for has no link.",
     "glassine views --library ~/Pictures/library --by album ~/Pictures/albums\n"
     "glassine views --by year ~/Pictures/years\tfrom within the library\n",
     views_options, cli_run_views},
    {"log", "[RUN]", "Tell what was done to a library",
     "Lists the runs, or with the number of one every file that it touched.",
     "glassine log\nglassine log 12 --json\n", log_options, cli_run_log},
    {"place", "LAT,LON | NAME", "Tell the name of a position, or the position of a name",
     "Answers from the gazetteer inside glassine, without a network.",
     "glassine place 48.8583,2.2945\nglassine place -33.86,151.21\n"
     "glassine place \"Springfield, Illinois\"\n",
     place_options, cli_run_place},
    {"batch", "[PLUGINS...]", "Tell plugins of what is queued for them",
     "Delivers what waits for after hooks, then runs the batch hooks: uploads, for example. "
     "\"Hooks\" stands for the commands of [Hooks]. The exit status is 1 if something stays "
     "queued.",
     "glassine batch\nglassine batch Mirror --json\n", batch_options, cli_run_batch},
    {"plugins", "[PLUGINS...]", "List plugins, where they were found, and their queues",
     "Lists what the configuration names, whether it can be used, and how many files wait for it.",
     "glassine plugins\nglassine plugins --retry Mirror\n", plugins_options, cli_run_plugins},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL}};
