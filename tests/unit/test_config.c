/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plan/config/config_parse.h"
#include "tests/support/temp_dir.h"

static const char *const variables[] = {
    "GLASSINE_CONFIG",     "XDG_CONFIG_HOME",          "ELODIE_APPLICATION_DIRECTORY",
    "ELODIE_MAPQUEST_KEY", "ELODIE_MAPQUEST_BASE_URL",
};

/* Each test gets an empty folder, which is also its home. */
static int set_up(void **state)
{
    for (size_t i = 0; i < COUNT_OF(variables); i++)
        unsetenv(variables[i]);
    *state = temp_dir_new();
    setenv("HOME", *state, 1);
    return 0;
}

static int tear_down(void **state)
{
    temp_dir_remove(*state);
    return 0;
}

static struct gls_config *load_text(const char *dir, const char *text)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_config *config = NULL;
    char *path = temp_text_file(dir, "config.ini", text);
    if (!gls_config_load(&config, path, &error))
        fail_msg("%s", error.message);
    assert_string_equal(gls_config_path(config), path);
    free(path);
    return config;
}

static char *folder_of(const struct gls_config *config, const char *album)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_datetime when = {.year = 2015, .month = 12, .day = 5};
    struct gls_place place = {.city = "Chicago", .state = "Illinois"};
    struct gls_subject subject = {
        .date = &when, .album = album, .place = &place, .base_name = "a.jpg"};
    char *folder = NULL;
    assert_true(gls_template_folder(&folder, config->folder_template, &subject, &error));
    return folder;
}

static char *name_of(const struct gls_config *config)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_datetime when = {.year = 2015, .month = 12, .day = 5};
    struct gls_subject subject = {.date = &when, .title = "A title", .base_name = "a.jpg"};
    char *name = NULL;
    assert_true(gls_template_name(&name, config->name_template, &subject, &error));
    return name;
}

static void check_text(char *text, const char *expected)
{
    assert_string_equal(text, expected);
    free(text);
}

static void test_defaults(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_config *config = NULL;
    (void)state;
    assert_true(gls_config_load(&config, NULL, &error));
    assert_null(gls_config_path(config));
    assert_null(gls_config_destination(config));
    assert_int_equal(config->jobs, 0);
    assert_int_equal(config->write_metadata, GLS_WRITE_DEFAULT);
    assert_false(config->raw_embed);
    assert_true(config->prefer_english_names);
    assert_null(config->zone);
    assert_null(config->elodie_folder);
    assert_false(config->follow_links);
    assert_int_equal(config->same_shot_s, 2);
    assert_false(config->album_tags);
    assert_int_equal(config->favourite_rating, 0);
    assert_int_equal(config->date_order, GLS_DATE_ORDER_UNKNOWN);
    assert_null(config->hook_before);
    check_text(folder_of(config, NULL), "2015-12-Dec/Chicago");
    check_text(name_of(config), "2015-12-05_00-00-00-a-a-title.jpg");
    gls_config_free(config);
    gls_config_free(NULL);
}

static void check_plugin_keys(const struct gls_config *config, const char *home)
{
    char *folder = temp_path(home, "plugins");
    assert_int_equal(config->plugin_count, 2);
    assert_string_equal(config->plugins[1], "Dummy");
    assert_int_equal(config->plugin_folder_count, 2);
    assert_string_equal(config->plugin_folders[0], "/opt/glassine");
    assert_string_equal(config->plugin_folders[1], folder);
    assert_int_equal(config->plugin_setting_count, 2);
    assert_string_equal(config->plugin_settings[0].section, "PluginGooglePhotos");
    assert_string_equal(config->plugin_settings[0].key, "secrets_file");
    assert_string_equal(config->plugin_settings[0].value, "/x");
    assert_string_equal(config->plugin_settings[1].section, "Dummy");
    assert_string_equal(config->plugin_settings[1].value, "goes");
    assert_string_equal(config->hook_before, "/bin/veto --fast");
    assert_null(config->hook_after);
    assert_string_equal(config->hook_batch, "upload");
    free(folder);
}

static void test_every_key(void **state)
{
    struct gls_config *config =
        load_text(*state, "\xEF\xBB\xBF# a byte order mark goes before\r\n"
                          "; and a comment\r\n"
                          "[Library]\r\n"
                          "destination = ~/Pictures/../library/\r\n"
                          "follow_links = yes\r\n"
                          "[Directory]\n"
                          "location=%city, %state\n"
                          "date=%Y\n"
                          "full_path=%date/%location\n"
                          "[File]\n"
                          "date : %Y%m%d\n"
                          "name = %date-%title.%extension\n"
                          "Capitalization = UPPER\n"
                          "[Exclusions]\n"
                          "synology_folders=@eaDir\n"
                          "thumbnails=\\.thumbnails/ ; semicolon stays\n"
                          "[Import]\n"
                          "jobs=3\n"
                          "write_metadata=sidecar\n"
                          "same_shot_seconds=0\n"
                          "[Formats]\n"
                          "also=.XYZ, psb glb\n"
                          "[Metadata]\n"
                          "raw=embed\n"
                          "album_tags=on\n"
                          "favourite_rating=5\n"
                          "[Time]\n"
                          "zone=Europe/Berlin\n"
                          "video_is_local=Canon EOS 5D, Sony ,,FUJIFILM\n"
                          "[Date]\n"
                          "filename_regex=(?<year>\\d{4})(?<month>..)(?<day>..)\n"
                          "order=mdy\n"
                          "[Places]\n"
                          "language=local\n"
                          "override=Home = 52.5, 13.4, 200\n"
                          "override = Grandma=-33.9,151.2,50.5\n"
                          "override12 = A = B = 0,0,1\n"
                          "[MapQuest]\n"
                          "key=abc\n"
                          "prefer_english_names=True\n"
                          "[Nominatim]\n"
                          "url=https://example.org/n\n"
                          "email=me@example.org\n"
                          "[Plugins]\n"
                          "plugins=GooglePhotos,Dummy\n"
                          "path=/opt/glassine/:~/plugins\n"
                          "[Hooks]\n"
                          "before=/bin/veto --fast\n"
                          "batch=upload\n"
                          "[PluginGooglePhotos]\n"
                          "secrets_file=/x\n"
                          "[Dummy]\n"
                          "anything=goes\n");
    GLS_STRBUF_AUTO library = GLS_STRBUF_INIT;
    gls_strbuf_addf(&library, "%s/library", (char *)*state);
    assert_string_equal(gls_config_destination(config), gls_strbuf_str(&library));
    check_text(folder_of(config, "ignored"), "2015/Chicago, Illinois");
    check_text(name_of(config), "20151205-A-TITLE.JPG");
    assert_int_equal(config->exclusion_count, 2);
    assert_string_equal(config->exclusions[0], "@eaDir");
    assert_string_equal(config->exclusions[1], "\\.thumbnails/ ; semicolon stays");
    assert_int_equal(config->jobs, 3);
    assert_int_equal(config->write_metadata, GLS_WRITE_SIDECAR);
    assert_true(config->raw_embed);
    assert_string_equal(config->zone, "Europe/Berlin");
    assert_int_equal(config->video_is_local_count, 3);
    assert_string_equal(config->video_is_local[0], "Canon EOS 5D");
    assert_string_equal(config->video_is_local[1], "Sony");
    assert_string_equal(config->video_is_local[2], "FUJIFILM");
    assert_non_null(config->filename_regex);
    assert_false(config->prefer_english_names); /* language= decides */
    assert_int_equal(config->override_count, 3);
    assert_string_equal(config->overrides[0].name, "Home");
    assert_true(config->overrides[0].latitude == 52.5 && config->overrides[0].longitude == 13.4 &&
                config->overrides[0].radius_m == 200);
    assert_string_equal(config->overrides[1].name, "Grandma");
    assert_true(config->overrides[1].latitude == -33.9 && config->overrides[1].radius_m == 50.5);
    assert_string_equal(config->overrides[2].name, "A = B");
    assert_string_equal(config->mapquest_key, "abc");
    assert_null(config->mapquest_base_url);
    assert_string_equal(config->nominatim_url, "https://example.org/n");
    assert_string_equal(config->nominatim_email, "me@example.org");
    check_plugin_keys(config, *state);
    assert_true(config->follow_links);
    assert_int_equal(config->same_shot_s, 0);
    assert_int_equal(config->also_format_count, 3);
    assert_string_equal(config->also_formats[0], "xyz");
    assert_string_equal(config->also_formats[2], "glb");
    assert_true(config->album_tags);
    assert_int_equal(config->favourite_rating, 5);
    assert_int_equal(config->date_order, GLS_DATE_ORDER_MONTH_FIRST);
    gls_config_free(config);
}

static void test_errors(void **state)
{
    static const struct {
        const char *text;
        const char *says; /* behind "config.ini:" */
    } rows[] = {
        {"[Directory]\ndate=%Y\nfull_pth=%date\n",
         "3: [Directory] full_pth: no such key in this section; did you mean \"full_path\"?"},
        {"[Directry]\ndate=%Y\n", "1: unknown section [Directry]; did you mean [Directory]?"},
        {"[directory]\n", "1: unknown section [directory]; did you mean [Directory]?"},
        {"[Quux]\n", "1: unknown section [Quux]"},
        {"[Plugin]\nplugins=x\n", "1: unknown section [Plugin]; did you mean [Plugins]?"},
        {"[DEFAULT]\nx=1\n", "1: unknown section [DEFAULT]"},
        {"[Directory]\ncapitalization=upper\n",
         "2: [Directory] capitalization: no such key in this section; it belongs into [File]"},
        {"[Import]\n\ndestination=/x\n",
         "3: [Import] destination: no such key in this section; it belongs into [Library]"},
        {"jobs=1\n", "1: \"jobs\" stands before the first [section]"},
        {"[Import]\njobs\n", "2: neither"},
        {"[Import\n", "1: the ']'"},
        {"[]\n", "1: the section's name"},
        {"[Import]\n=3\n", "2: the key"},
        {"[Import]\njobs=abc\n", "2: [Import] jobs: \"abc\" is no number"},
        {"[Import]\njobs=-1\n", "2: [Import] jobs: \"-1\""},
        {"[Import]\njobs=257\n",
         "2: [Import] jobs: \"257\" is no number from 0 (one per CPU) to 256"},
        {"[Import]\nsame_shot_seconds=3601\n", "2: [Import] same_shot_seconds: \"3601\""},
        {"[Metadata]\nfavourite_rating=6\n", "2: [Metadata] favourite_rating: \"6\""},
        {"[Metadata]\nalbum_tags=perhaps\n", "2: [Metadata] album_tags: \"perhaps\""},
        {"[Formats]\nalso=tar.gz\n", "2: [Formats] also: \"tar.gz\" is no extension"},
        {"[Formats]\nalso=.\n", "2: [Formats] also: \".\" is no extension"},
        {"[Date]\norder=ymd\n", "2: [Date] order: \"ymd\" is none of: dmy, mdy"},
        {"[Plugins]\npath=plugins\n", "2: [Plugins] path: \"plugins\" is relative"},
        {"[Hooks]\nafer=x\n", "2: [Hooks] afer: no such key in this section; did you mean"},
        {"[Import]\njobs=4 ; four\n", "2: [Import] jobs: \"4 ; four\""},
        {"[Import]\njobs=99999999999999999999\n", "2: [Import] jobs"},
        {"[Import]\njobs=1\n\n# x\njobs=2\n", "5: [Import] jobs: set twice, first in line 2"},
        {"[Import]\nwrite_metadata=yes\n", "2: [Import] write_metadata: \"yes\" is none of"},
        {"[Metadata]\nraw=no\n", "2: [Metadata] raw: \"no\" is none of: sidecar, embed"},
        {"[Time]\nzone=Europe/Berlnn\n", "2: [Time] zone: \"Europe/Berlnn\" is no time zone"},
        {"[File]\ncapitalization=title\n", "2: [File] capitalization: \"title\" is none of"},
        {"[Exclusions]\nx=a(b\n", "2: [Exclusions] x: \"a(b\" is no regular expression"},
        {"[Exclusions]\nx=\n", "2: [Exclusions] x: an empty expression"},
        {"[Date]\nfilename_regex=(?<year>..)\n", "2: [Date] filename_regex: "},
        {"[Places]\nlanguage=de\n", "2: [Places] language: \"de\" is none of: en, local"},
        {"[Places]\nprefer_english_names=perhaps\n", "2: [Places] prefer_english_names"},
        {"[Places]\noverride=Home = 91,0,5\n", "2: [Places] override: \"Home = 91,0,5\""},
        {"[Places]\noverride=Home = 1,2\n", "2: [Places] override"},
        {"[Places]\noverride=Home = 1,2,0\n", "2: [Places] override"},
        {"[Places]\noverride=Home = 1,2,nan\n", "2: [Places] override"},
        {"[Places]\noverride=1,2,3\n", "2: [Places] override"},
        {"[Places]\noverride=Home = 1,2,3x\n", "2: [Places] override"},
        {"[Nominatim]\nurl=ftp://x\n", "2: [Nominatim] url"},
        {"[Nominatim]\nemail=me\n", "2: [Nominatim] email"},
        {"[Library]\ndestination=Pictures\n", "2: [Library] destination: \"Pictures\" is relative"},
        {"[Directory]\nfull_path=%date/%abum\n",
         "2: [Directory] full_path: unknown part \"%abum\"; did you mean \"%album\"?"},
        {"[Directory]\nfull_path=%date\n\ndate=%Q\n", "4: [Directory] date: not a date format"},
        {"[File]\nname=%dat.%extension\n", "2: [File] name: unknown part \"%dat\""},
        {"[File]\ndate=%\n", "2: [File] date"},
        {"[Import]\njobs=1\n\x01\n", "3: a control character"},
        {"[Import]\njobs=\xFF\n", " not UTF-8 text"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_config *config = NULL;
        char *path = temp_text_file(*state, "config.ini", rows[i].text);
        GLS_STRBUF_AUTO says = GLS_STRBUF_INIT;
        gls_strbuf_addf(&says, "%s:%s", path, rows[i].says);
        if (gls_config_load(&config, path, &error))
            fail_msg("taken: %s", rows[i].text);
        assert_null(config);
        assert_int_equal(error.status, GLS_ERROR_CONFIG);
        if (strncmp(error.message, gls_strbuf_str(&says), says.size) != 0)
            fail_msg("\"%s\" does not begin \"%s\"", error.message, gls_strbuf_str(&says));
        free(path);
    }
}

static void test_ini_quirks(void **state)
{
    /* Long values with everything that means something in such a file;
     * indented keys; a value over several lines; '#' and ';' inside. */
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    GLS_STRBUF_AUTO first = GLS_STRBUF_INIT;
    for (int i = 0; i < 400; i++)
        gls_strbuf_addf(&first, "%d # ; [x] = : ", i);
    gls_strbuf_addf(&first, "\xC3\xA9nd");
    gls_strbuf_addf(&text,
                    "[Exclusions]\n"
                    "  a = %s\n"
                    "  b=1\n"
                    "  # a comment\n"
                    "    two\n"
                    "\n"
                    "    ;no value\n"
                    "    [three] = 3   \n"
                    "\tc=x ;y #z\n"
                    "D: = \n"
                    "[Import]\n"
                    "jobs=\n",
                    gls_strbuf_str(&first));
    struct gls_config *config = load_text(*state, gls_strbuf_str(&text));
    assert_int_equal(config->exclusion_count, 4);
    assert_string_equal(config->exclusions[0], gls_strbuf_str(&first));
    assert_string_equal(config->exclusions[1], "1\ntwo\n[three] = 3");
    assert_string_equal(config->exclusions[2], "x ;y #z");
    assert_string_equal(config->exclusions[3], "=");
    assert_int_equal(config->jobs, 0);
    gls_config_free(config);
}

static void write_config(const char *dir, const char *name, const char *destination)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    gls_strbuf_addf(&text, "[Library]\ndestination=%s\n", destination);
    free(temp_text_file(dir, name, gls_strbuf_str(&text)));
}

static void check_found(const char *path, const char *destination)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_config *config = NULL;
    if (!gls_config_load(&config, path, &error))
        fail_msg("%s", error.message);
    assert_string_equal(gls_config_destination(config), destination);
    gls_config_free(config);
}

static void set_below(const char *variable, const char *dir, const char *name)
{
    char *path = temp_path(dir, name);
    setenv(variable, path, 1);
    free(path);
}

static void test_search(void **state)
{
    const char *home = *state;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_config *config = NULL;
    write_config(home, ".elodie/config.ini", "/elodie-home");
    check_found(NULL, "/elodie-home");
    write_config(home, "app/config.ini", "/elodie-app");
    set_below("ELODIE_APPLICATION_DIRECTORY", home, "app");
    check_found(NULL, "/elodie-app");
    write_config(home, ".config/glassine/config.ini", "/dot-config");
    check_found(NULL, "/dot-config");
    write_config(home, "xdg/glassine/config.ini", "/xdg");
    set_below("XDG_CONFIG_HOME", home, "xdg");
    check_found(NULL, "/xdg");
    write_config(home, "own.ini", "/own");
    set_below("GLASSINE_CONFIG", home, "own.ini");
    check_found(NULL, "/own");
    write_config(home, "named.ini", "/named");
    check_found("~/named.ini", "/named");
    assert_true(gls_config_load(&config, "/dev/null", &error));
    assert_null(gls_config_destination(config));
    assert_non_null(config->elodie_folder);
    gls_config_free(config);
    config = NULL;
    /* What was named must be there. */
    set_below("GLASSINE_CONFIG", home, "gone.ini");
    assert_false(gls_config_load(&config, NULL, &error));
    assert_int_equal(error.status, GLS_ERROR_NOT_FOUND);
    assert_non_null(strstr(error.message, "gone.ini"));
    assert_false(gls_config_load(&config, home, &error)); /* a folder */
    assert_null(config);
}

/* Neither waits for a writer nor reads for ever. */
static void test_no_regular_file(void **state)
{
    const char *home = *state;
    struct gls_config *config = NULL;
    char *fifo = temp_path(home, "fifo");
    const char *const paths[] = {fifo, "/dev/zero", home};

    assert_int_equal(mkfifo(fifo, 0600), 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct gls_error error = GLS_ERROR_INIT;
        assert_false(gls_config_load(&config, paths[i], &error));
        assert_int_equal(error.status, GLS_ERROR_CONFIG);
        assert_non_null(strstr(error.message, paths[i]));
        assert_non_null(strstr(error.message, "not a regular file"));
    }
    free(fifo);
}

/* What is no folder, or void by its specification, is ignored. */
static void test_odd_environment(void **state)
{
    const char *home = *state;
    char before[4096];
    write_config(home, ".elodie/config.ini", "/elodie-home");
    set_below("ELODIE_APPLICATION_DIRECTORY", home, "gone");
    check_found(NULL, "/elodie-home");
    set_below("ELODIE_APPLICATION_DIRECTORY", home, ".elodie/config.ini");
    check_found(NULL, "/elodie-home");
    write_config(home, "glassine/config.ini", "/relative");
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(home), 0);
    setenv("XDG_CONFIG_HOME", ".", 1);
    check_found(NULL, "/elodie-home");
    assert_int_equal(chdir(before), 0);
}

/* A user of whom no home is known, as in many containers, has the defaults. */
static void test_homeless(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_config *config = NULL;
    (void)state;
    if (getuid() != 0) {
        print_message("only root can become a user without a home: skipped\n");
        skip();
    }
    unsetenv("HOME");
    pid_t child = fork();
    if (child == 0) {
        bool good = setuid(60606) == 0 && gls_config_load(&config, NULL, &error) &&
                    gls_config_path(config) == NULL && config->elodie_folder == NULL &&
                    !gls_config_load(&config, "~/x.ini", &error);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* The example in docs/ is one that works. */
static void test_example(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_config *config = NULL;
    const char *source = getenv("GLS_SOURCE_DIR");
    (void)state;
    if (source == NULL)
        skip();
    char *path = temp_path(source, "docs/config.ini.example");
    if (!gls_config_load(&config, path, &error))
        fail_msg("%s", error.message);
    assert_string_equal(config->zone, "Europe/Berlin");
    assert_int_equal(config->override_count, 2);
    assert_null(config->mapquest_key);
    assert_null(config->nominatim_url);
    check_text(folder_of(config, NULL), "2015-12-Dec/Chicago");
    check_text(name_of(config), "2015-12-05_00-00-00-a-a-title.jpg");
    gls_config_free(config);
    free(path);
}

/* Is "key =" in that section, set or behind a '#'? */
static bool example_has(const char *text, const char *section, const char *key)
{
    GLS_STRBUF_AUTO head = GLS_STRBUF_INIT;
    gls_strbuf_addf(&head, "\n[%s]\n", section);
    const char *line = strstr(text, gls_strbuf_str(&head));
    if (line == NULL)
        return false;
    line = strchr(line + 1, '\n');
    for (; line != NULL && line[1] != '['; line = strchr(line + 1, '\n')) {
        const char *at = line + 1 + strspn(line + 1, "# ");
        size_t size = strlen(key);
        if (strncmp(at, key, size) == 0 && strncmp(at + size, " =", 2) == 0)
            return true;
    }
    return false;
}

/* ... and shows every key that there is. */
static void test_example_is_whole(void **state)
{
    const char *source = getenv("GLS_SOURCE_DIR");
    (void)state;
    if (source == NULL)
        skip();
    char *path = temp_path(source, "docs/config.ini.example");
    char *text = (char *)temp_read(path, NULL);
    for (const struct gls_config_row *row = gls_config_rows; row->section != NULL; row++)
        if (row->key != NULL && !example_has(text, row->section, row->key))
            fail_msg("[%s] %s is not in it", row->section, row->key);
    free(text);
    free(path);
}

static void test_environment(void **state)
{
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_config *config = NULL;
    char *path = temp_text_file(*state, "config.ini", "[MapQuest]\nkey=file\n");
    setenv("ELODIE_MAPQUEST_KEY", "environment", 1);
    setenv("ELODIE_MAPQUEST_BASE_URL", "http://127.0.0.1:1", 1);
    assert_true(gls_config_load(&config, path, &error));
    assert_string_equal(config->mapquest_key, "environment");
    assert_string_equal(config->mapquest_base_url, "http://127.0.0.1:1");
    gls_config_free(config);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ini_quirks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_search, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_odd_environment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_regular_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_homeless, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_example, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_example_is_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_environment, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
