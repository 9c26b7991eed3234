/* SPDX-License-Identifier: MIT */
#include "shim/exiv2_shim.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <new>
#include <set>
#include <string>
#include <utility>
#include <vector>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <exiv2/exiv2.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace
{

using Properties = std::vector<std::pair<std::string, std::string>>;

struct Refusal {
    enum gls_shim_status status;
    const char *message;
};

/* What the process shares. The mutex guards the XMP toolkit and `namespaces`. */
struct Shared {
    std::once_flag started;
    std::exception_ptr start_failure;
    std::mutex xmp;
    std::set<std::string> namespaces;
    bool is_broken = false; /* the toolkit may still hold its own lock */
};

Shared &shared()
{
    static Shared instance;
    return instance;
}

/* Memory that the new-handler gives back, so that the toolkit ends what it has begun. It belongs
 * to the thread that is inside the toolkit. */
constexpr std::size_t reserve_size = std::size_t{1} << 20;
void *reserve = nullptr;
thread_local bool owns_reserve = false;
/* Whether operator new failed on this thread since guarded() began. */
thread_local bool is_short = false;

/* The process's new-handler: called only where operator new really got nothing. */
void find_memory()
{
    if (!owns_reserve || reserve == nullptr) {
        is_short = true;
        throw std::bad_alloc();
    }
    std::free(reserve);
    reserve = nullptr;
}

/* Its scope is inside the toolkit. */
class InToolkit
{
  public:
    InToolkit()
    {
        if (reserve == nullptr) {
            reserve = std::malloc(reserve_size);
        }
        if (reserve == nullptr) {
            throw std::bad_alloc();
        }
        owns_reserve = true;
    }
    ~InToolkit()
    {
        owns_reserve = false;
    }
    InToolkit(const InToolkit &) = delete;
    InToolkit &operator=(const InToolkit &) = delete;
};

void say(char *message, const char *text)
{
    std::snprintf(message, GLS_SHIM_MESSAGE_SIZE, "%s", text);
}

/* Runs `work` and turns whatever it throws into a status. */
template <typename Work> enum gls_shim_status convert(char *message, Work work) noexcept
{
    try {
        work();
        return GLS_SHIM_OK;
    } catch (const Refusal &refusal) {
        say(message, refusal.message);
        return refusal.status;
    } catch (const std::bad_alloc &) {
        say(message, "out of memory");
        return GLS_SHIM_MEMORY;
    } catch (const std::exception &problem) {
        say(message, problem.what());
        return GLS_SHIM_REFUSED;
    } catch (...) {
        say(message, "an exception of unknown type");
        return GLS_SHIM_REFUSED;
    }
}

/* The one converter. The XMP toolkit turns std::bad_alloc into a packet that it cannot parse, or
 * passes over it: what the new-handler noted counts. */
template <typename Work> enum gls_shim_status guarded(char *message, Work work) noexcept
{
    is_short = false;
    const enum gls_shim_status status = convert(message, work);
    if (!is_short) {
        return status;
    }
    say(message, "out of memory");
    return GLS_SHIM_MEMORY;
}

/* The toolkit crashes when it is started again after a start that failed half-way. */
void start()
{
    static const char *const namespaces[][2] = {
        {"http://xmp.gettyimages.com/gift/1.0/", "GettyImagesGIFT"},
        {"http://prismstandard.org/namespaces/pmi/2.2/", "pmi"},
        {"https://github.com/jmathai/elodie/", "elodie"},
        {"urn:glassine:1.0/", "glassine"},
    };
    std::call_once(shared().started, [] {
        try {
            std::set_new_handler(find_memory);
            const InToolkit inside;
            Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
            if (!Exiv2::XmpParser::initialize()) {
                throw Refusal{GLS_SHIM_REFUSED, "the XMP toolkit does not start"};
            }
            for (const auto &entry : namespaces) {
                Exiv2::XmpProperties::registerNs(entry[0], entry[1]);
            }
            if (is_short) {
                throw std::bad_alloc(); /* swallowed: a namespace may be missing */
            }
        } catch (...) {
            shared().start_failure = std::current_exception();
        }
    });
    if (shared().start_failure) {
        std::rethrow_exception(shared().start_failure);
    }
}

/* Counts the packet's namespaces among those that the toolkit has met. */
void admit_namespaces(const struct gls_shim_packet &packet)
{
    auto &known = shared().namespaces;
    std::vector<std::string> fresh;
    const char *uri = packet.namespaces;
    for (std::size_t i = 0; i < packet.namespace_count; i++) {
        if (known.count(uri) == 0) {
            fresh.emplace_back(uri);
        }
        uri += std::strlen(uri) + 1;
    }
    if (known.size() + fresh.size() > GLS_SHIM_NAMESPACES_MAX) {
        throw Refusal{GLS_SHIM_LIMIT, "too many foreign XMP namespaces were met"};
    }
    known.insert(fresh.begin(), fresh.end());
}

char *copy_bytes(const std::string &text)
{
    char *copy = static_cast<char *>(std::malloc(text.size() + 1));
    if (copy == nullptr) {
        throw std::bad_alloc();
    }
    std::memcpy(copy, text.c_str(), text.size() + 1);
    return copy;
}

void hand_over(struct gls_shim_properties *out, const Properties &properties)
{
    auto *items = static_cast<struct gls_shim_property *>(
        std::calloc(properties.size() + 1, sizeof(struct gls_shim_property)));
    if (items == nullptr) {
        throw std::bad_alloc();
    }
    out->items = items;
    for (const auto &property : properties) {
        struct gls_shim_property &item = items[out->count++];
        item.key = copy_bytes(property.first);
        item.value = copy_bytes(property.second);
        item.value_size = property.second.size();
    }
}

/* The toolkit's own expat asks malloc() for memory and reports a lack of it like a syntax error:
 * what is refused is tried once more. */
bool decode_twice(Exiv2::XmpData &data, const std::string &text)
{
    try {
        if (Exiv2::XmpParser::decode(data, text) == 0) {
            return true;
        }
    } catch (const Exiv2::Error &) {
        data.clear();
    }
    return !is_short && Exiv2::XmpParser::decode(data, text) == 0;
}

/* Called with the lock on the toolkit held. */
bool parse(Exiv2::XmpData &data, const std::string &text)
{
    try {
        return decode_twice(data, text);
    } catch (const std::bad_alloc &) {
        /* It came past the toolkit, which hands out strings with its own lock held. */
        shared().is_broken = true;
        throw;
    }
}

Properties decode_xmp(const struct gls_shim_packet &packet)
{
    std::lock_guard<std::mutex> lock(shared().xmp);
    if (shared().is_broken) {
        throw std::bad_alloc(); /* to ask it again might wait for ever */
    }
    const InToolkit inside;
    admit_namespaces(packet);
    Exiv2::XmpData data;
    const std::string text(static_cast<const char *>(packet.bytes), packet.size);
    if (!parse(data, text)) {
        throw Refusal{GLS_SHIM_REFUSED, "Exiv2 cannot decode the XMP packet"};
    }
    Properties properties;
    for (const auto &datum : data) {
        properties.emplace_back(datum.key(), datum.toString());
    }
    std::sort(properties.begin(), properties.end());
    return properties;
}

} // namespace

extern "C" enum gls_shim_status gls_shim_initialize(char message[GLS_SHIM_MESSAGE_SIZE])
{
    return guarded(message, [] { start(); });
}

extern "C" const char *gls_shim_exiv2_version(void)
{
    return Exiv2::version();
}

extern "C" void gls_shim_properties_free(struct gls_shim_properties *properties)
{
    if (properties == nullptr) {
        return;
    }
    for (std::size_t i = 0; i < properties->count; i++) {
        std::free(properties->items[i].key);
        std::free(properties->items[i].value);
    }
    std::free(properties->items);
    *properties = gls_shim_properties{nullptr, 0};
}

extern "C" enum gls_shim_status gls_shim_decode_xmp(struct gls_shim_properties *out,
                                                    const struct gls_shim_packet *packet,
                                                    char message[GLS_SHIM_MESSAGE_SIZE])
{
    *out = gls_shim_properties{nullptr, 0};
    const enum gls_shim_status status = guarded(message, [&] {
        start();
        hand_over(out, decode_xmp(*packet));
    });
    if (status != GLS_SHIM_OK) {
        gls_shim_properties_free(out);
    }
    return status;
}
