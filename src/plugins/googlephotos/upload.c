/* SPDX-License-Identifier: MIT */
#include "plugins/googlephotos/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/path.h"
#include "base/system/retry.h"
#include "plugins/googlephotos/resumable.h"

/* ---- In one request -------------------------------------------------------------------- */

static enum gls_google_outcome upload_at_once(struct gls_google_file *file,
                                              struct gls_google *google, int fd, uint64_t size,
                                              struct gls_error *error)
{
    char *address = gls_google_api_address(google, "/v1/uploads");
    char type[64];
    const char *headers[] = {type, "X-Goog-Upload-Protocol: raw", NULL};
    struct gls_google_request request = {
        .url = address, .headers = headers, .is_file = true, .fd = fd, .body_size = size};
    struct gls_google_answer answer = GLS_GOOGLE_ANSWER_INIT;
    enum gls_google_outcome outcome = GLS_GOOGLE_AGAIN;

    snprintf(type, sizeof type, "X-Goog-Upload-Content-Type: %s", file->type->mime);
    if (address == NULL)
        gls_fail_memory(error);
    else
        outcome = gls_google_call(&answer, NULL, google, &request, error);
    if (outcome == GLS_GOOGLE_DONE && !gls_google_take_token(file, &answer, error))
        outcome = GLS_GOOGLE_AGAIN;
    gls_strbuf_free(&answer.body);
    free(address);
    return outcome;
}

/* ---- A file ------------------------------------------------------------------------------ */

/* Only what stood still while it was sent is one picture. */
static bool stood_still(int fd, const struct stat *before)
{
    struct stat now;

    return fstat(fd, &now) == 0 && now.st_size == before->st_size &&
           now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

static enum gls_google_outcome upload_open(struct gls_google_file *file, struct gls_google *google,
                                           int fd, struct gls_error *error)
{
    struct stat status;

    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        gls_fail(error, GLS_ERROR_FORMAT, "it is no file");
        return GLS_GOOGLE_REFUSED;
    }
    uint64_t size = (uint64_t)status.st_size;
    enum gls_google_outcome outcome =
        size <= google->chunk_size ? upload_at_once(file, google, fd, size, error)
                                   : gls_google_upload_resumable(file, google, fd, size, error);
    if (outcome == GLS_GOOGLE_DONE && !stood_still(fd, &status)) {
        gls_google_forget_token(file, google->asker.host);
        gls_fail(error, GLS_ERROR_CHANGED, "it was changed while it was uploaded");
        outcome = GLS_GOOGLE_AGAIN;
    }
    return outcome;
}

/* A library is data: no link of it leads to a file elsewhere. -1: *error. */
static int open_stored(const struct gls_plugin_record *record, struct gls_error *error)
{
    const char *relative = gls_path_relative(record->destination, record->library);
    int root_fd = gls_open(record->library, O_RDONLY | O_DIRECTORY, 0);
    int fd = root_fd >= 0 && relative != NULL
                 ? gls_beneath_open(root_fd, relative, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
                 : -1;

    if (fd < 0 && (errno == EXDEV || errno == ELOOP))
        gls_fail(error, GLS_ERROR_PERMISSION, "it lies behind a link, and is not uploaded");
    else if (fd < 0)
        gls_fail_errno(error, errno, "it cannot be read");
    if (root_fd >= 0)
        close(root_fd);
    return fd;
}

enum gls_google_outcome gls_google_upload(struct gls_google_file *file, struct gls_google *google,
                                          struct gls_error *error)
{
    gls_google_read_token(file, google->asker.host);
    if (file->token != NULL)
        return GLS_GOOGLE_DONE;
    int fd = open_stored(file->record, error);
    if (fd < 0)
        return GLS_GOOGLE_REFUSED;
    enum gls_google_outcome outcome = upload_open(file, google, fd, error);
    close(fd);
    return outcome;
}
