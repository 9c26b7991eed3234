/* SPDX-License-Identifier: MIT */
/*
 * witness FILE... - tells, one JSON object a line, what Exiv2, libexif and
 * libavformat read in pictures, movies and packets, by none of glassine's code:
 * for the table. Exiv2 is never handed a movie.
 */
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <exiv2/exiv2.hpp>
#include <exiv2/orfimage.hpp>
#include <exiv2/webpimage.hpp>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
#include <libexif/exif-data.h>
extern "C" {
#include <libavformat/avformat.h>
}

namespace
{

using Values = std::map<std::string, std::string>;

const char *const getty = "http://xmp.gettyimages.com/gift/1.0/";
const char *const pmi = "http://prismstandard.org/namespaces/pmi/2.2/";

std::string quoted(const std::string &text)
{
    std::string out = "\"";
    char number[8];
    for (char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            std::snprintf(number, sizeof number, "\\u%04x", static_cast<unsigned>(c));
            out += number;
        } else {
            out += c;
        }
    }
    return out + "\"";
}

/* ---- Which reader -------------------------------------------------------------- */

enum class Kind { jpeg, png, webp, tiff, orf, heif, movie, other };

bool has(const std::string &bytes, size_t at, const char *text)
{
    return bytes.compare(at, std::strlen(text), text) == 0;
}

Kind kind_of(const std::string &bytes)
{
    if (bytes.size() < 16)
        return Kind::other;
    if (has(bytes, 0, "\xff\xd8\xff"))
        return Kind::jpeg;
    if (has(bytes, 0, "\x89PNG"))
        return Kind::png;
    if (has(bytes, 0, "RIFF") && has(bytes, 8, "WEBP"))
        return Kind::webp;
    if (has(bytes, 0, "II*") || bytes.compare(0, 4, std::string("MM\0*", 4)) == 0)
        return Kind::tiff;
    if (has(bytes, 0, "IIRO") || has(bytes, 0, "IIRS"))
        return Kind::orf;
    if (has(bytes, 4, "ftyp"))
        return has(bytes, 8, "hei") || has(bytes, 8, "hev") || has(bytes, 8, "mif1") ||
                       has(bytes, 8, "msf1") || has(bytes, 8, "avi")
                   ? Kind::heif
                   : Kind::movie;
    for (const char *box : {"moov", "mdat", "wide", "free", "skip", "pnot"})
        if (has(bytes, 4, box))
            return Kind::movie;
    return Kind::other;
}

/* ---- Exiv2 ----------------------------------------------------------------------- */

void take(Values &out, const char *name, const Exiv2::ExifData &exif, const char *key)
{
    auto found = exif.findKey(Exiv2::ExifKey(key));
    if (found != exif.end())
        out[name] = found->toString();
}

double angle(const Exiv2::Exifdatum &datum)
{
    double sum = 0.0;
    double unit = 1.0;
    for (long i = 0; i < static_cast<long>(datum.count()); i++, unit *= 60.0) {
        Exiv2::Rational part = datum.toRational(i);
        sum += part.second != 0 ? static_cast<double>(part.first) / part.second / unit : 0.0;
    }
    return sum;
}

std::string degrees(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.7f", value);
    return text;
}

void take_exif(Values &out, const Exiv2::ExifData &exif)
{
    take(out, "taken", exif, "Exif.Photo.DateTimeOriginal");
    take(out, "digitized", exif, "Exif.Photo.DateTimeDigitized");
    take(out, "modified", exif, "Exif.Image.DateTime");
    take(out, "offset_taken", exif, "Exif.Photo.OffsetTimeOriginal");
    take(out, "offset_digitized", exif, "Exif.Photo.OffsetTimeDigitized");
    take(out, "offset_modified", exif, "Exif.Photo.OffsetTime");
    take(out, "latitude_ref", exif, "Exif.GPSInfo.GPSLatitudeRef");
    take(out, "longitude_ref", exif, "Exif.GPSInfo.GPSLongitudeRef");
    auto latitude = exif.findKey(Exiv2::ExifKey("Exif.GPSInfo.GPSLatitude"));
    auto longitude = exif.findKey(Exiv2::ExifKey("Exif.GPSInfo.GPSLongitude"));
    if (latitude != exif.end() && longitude != exif.end() && latitude->count() == 3) {
        out["latitude"] = degrees(angle(*latitude) * (out["latitude_ref"] == "S" ? -1 : 1));
        out["longitude"] = degrees(angle(*longitude) * (out["longitude_ref"] == "W" ? -1 : 1));
    }
}

/* "37,30.1234567N" or "37,30,7.5N"; without its letter, for E is an exponent too. */
double xmp_angle(const std::string &text)
{
    double part = 0.0;
    double sum = 0.0;
    double unit = 1.0;
    char comma = 0;
    char ref = text.empty() ? ' ' : text.back();
    std::istringstream in(text.substr(0, text.find_last_of("0123456789") + 1));
    for (; in >> part; in >> comma, unit *= 60.0)
        sum += part / unit;
    return sum * (ref == 'S' || ref == 'W' ? -1 : 1);
}

void take_packet(Values &out, const std::string &packet)
{
    Exiv2::XmpData xmp;
    if (Exiv2::XmpParser::decode(xmp, packet) != 0) {
        out["packet"] = "cannot be decoded";
        return;
    }
    const std::pair<const char *, const char *> wanted[] = {
        {"title", "Xmp.dc.title"},
        {"display_name", "Xmp.pmi.displayName"},
        {"album", "Xmp.xmpDM.album"},
        {"elodie_album", "Xmp.elodie.Album"},
        {"original_name", "Xmp.getty.OriginalFilename"},
        {"xmp_taken", "Xmp.exif.DateTimeOriginal"},
        {"xmp_created", "Xmp.xmp.CreateDate"},
        {"xmp_date_created", "Xmp.photoshop.DateCreated"},
        {"xmp_latitude", "Xmp.exif.GPSLatitude"},
        {"xmp_longitude", "Xmp.exif.GPSLongitude"},
    };
    for (const auto &row : wanted) {
        auto found = xmp.findKey(Exiv2::XmpKey(row.second));
        if (found == xmp.end())
            continue;
        std::string text = found->toString(0);
        if (text.rfind("lang=", 0) == 0 && text.find(' ') != std::string::npos)
            text.erase(0, text.find(' ') + 1);
        out[row.first] = text;
    }
    for (const char *name : {"latitude", "longitude"}) {
        auto found = out.find(std::string("xmp_") + name);
        if (found != out.end())
            found->second = degrees(xmp_angle(found->second));
    }
}

void ask_exiv2(Values &out, const std::string &path, Kind kind)
{
    auto io = Exiv2::ImageFactory::createIo(path);
    auto image = kind == Kind::jpeg   ? Exiv2::newJpegInstance(std::move(io), false)
                 : kind == Kind::png  ? Exiv2::newPngInstance(std::move(io), false)
                 : kind == Kind::webp ? Exiv2::newWebPInstance(std::move(io), false)
                 : kind == Kind::orf  ? Exiv2::newOrfInstance(std::move(io), false)
                 : kind == Kind::heif ? Exiv2::newBmffInstance(std::move(io), false)
                                      : Exiv2::newTiffInstance(std::move(io), false);
    image->readMetadata();
    take_exif(out, image->exifData());
    if (!image->xmpPacket().empty())
        take_packet(out, image->xmpPacket());
}

/* Exiv2 0.27 follows few of the tables that a HEIF may have. Blocks that it did not
 * find are looked for by their signs: of what stands there several times, as an old
 * packet that is in force no more does, the last one counts. */
void ask_blocks(Values &out, const std::string &bytes)
{
    size_t exif = bytes.rfind(std::string("Exif\0\0", 6));
    if (out.count("taken") == 0 && exif != std::string::npos) {
        Exiv2::ExifData data;
        const auto *block = reinterpret_cast<const Exiv2::byte *>(bytes.data()) + exif + 6;
        Exiv2::ExifParser::decode(data, block, static_cast<uint32_t>(bytes.size() - exif - 6));
        take_exif(out, data);
    }
    if (out.count("title") + out.count("album") + out.count("original_name") > 0)
        return;
    for (size_t at = bytes.find("<x:xmpmeta"); at != std::string::npos;
         at = bytes.find("<x:xmpmeta", at + 1)) {
        size_t end = bytes.find("</x:xmpmeta>", at);
        if (end != std::string::npos)
            take_packet(out, bytes.substr(at, end + 12 - at));
    }
}

/* ---- libexif ----------------------------------------------------------------------- */

void ask_libexif(Values &out, const std::string &path)
{
    const std::pair<const char *, std::pair<ExifIfd, int>> wanted[] = {
        {"libexif_taken", {EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL}},
        {"libexif_digitized", {EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_DIGITIZED}},
        {"libexif_modified", {EXIF_IFD_0, EXIF_TAG_DATE_TIME}},
        {"libexif_latitude_ref", {EXIF_IFD_GPS, EXIF_TAG_GPS_LATITUDE_REF}},
        {"libexif_longitude_ref", {EXIF_IFD_GPS, EXIF_TAG_GPS_LONGITUDE_REF}},
    };
    ExifData *data = exif_data_new_from_file(path.c_str());
    char text[64];
    if (data == nullptr)
        return;
    for (const auto &row : wanted) {
        ExifEntry *entry = exif_content_get_entry(data->ifd[row.second.first],
                                                  static_cast<ExifTag>(row.second.second));
        if (entry != nullptr && exif_entry_get_value(entry, text, sizeof text) != nullptr)
            out[row.first] = text;
    }
    exif_data_unref(data);
}

/* ---- libavformat --------------------------------------------------------------------- */

void take_dictionary(Values &out, const std::string &prefix, const AVDictionary *from)
{
    const AVDictionaryEntry *entry = nullptr;
    while ((entry = av_dict_get(from, "", entry, AV_DICT_IGNORE_SUFFIX)) != nullptr) {
        std::string key = entry->key;
        if (key == "xmp")
            take_packet(out, entry->value);
        else if (key == "creation_time" || key == "location" ||
                 key == "com.apple.quicktime.creationdate" ||
                 key == "com.apple.quicktime.location.ISO6709")
            out[prefix + key] = entry->value;
    }
}

void ask_libavformat(Values &out, const std::string &path)
{
    AVFormatContext *context = nullptr;
    AVDictionary *options = nullptr;
    av_dict_set(&options, "export_xmp", "1", 0);
    if (avformat_open_input(&context, path.c_str(), nullptr, &options) == 0) {
        take_dictionary(out, "", context->metadata);
        for (unsigned i = 0; i < context->nb_streams; i++)
            take_dictionary(out, "track_" + std::to_string(i) + "_", context->streams[i]->metadata);
        out["tracks"] = std::to_string(context->nb_streams);
    } else {
        out["error"] = "libavformat cannot open it";
    }
    av_dict_free(&options);
    avformat_close_input(&context);
}

/* ---- Together ---------------------------------------------------------------------------- */

/* A GIF's packet, or a sidecar, is found by its own signs. */
void ask_text(Values &out, const std::string &bytes)
{
    size_t start = bytes.find("<?xpacket begin");
    size_t end = bytes.find("<?xpacket end");
    if (start == std::string::npos)
        start = bytes.find("<x:xmpmeta");
    if (start == std::string::npos)
        return;
    end = end == std::string::npos ? bytes.size() : bytes.find("?>", end) + 2;
    take_packet(out, bytes.substr(start, end - start));
}

Values ask(const std::string &path)
{
    std::ifstream in(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    Values out;
    Kind kind = kind_of(bytes);
    try {
        if (kind == Kind::movie)
            ask_libavformat(out, path);
        else if (kind == Kind::other)
            ask_text(out, bytes);
        else
            ask_exiv2(out, path, kind);
    } catch (const std::exception &error) {
        out["error"] = error.what();
    }
    if (kind == Kind::jpeg)
        ask_libexif(out, path);
    if (kind == Kind::heif) {
        out.erase("error");
        ask_blocks(out, bytes);
    }
    return out;
}

} // namespace

int main(int argc, char **argv)
{
    Exiv2::XmpParser::initialize();
#if !EXIV2_TEST_VERSION(0, 28, 0)
    Exiv2::enableBMFF(true); /* later ones always read HEIF */
#endif
    Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
    Exiv2::XmpProperties::registerNs(getty, "getty");
    Exiv2::XmpProperties::registerNs(pmi, "pmi");
    Exiv2::XmpProperties::registerNs("https://github.com/jmathai/elodie/", "elodie");
    av_log_set_level(AV_LOG_QUIET);
    for (int i = 1; i < argc; i++) {
        std::cout << "{\"file\":" << quoted(argv[i]);
        for (const auto &value : ask(argv[i]))
            std::cout << "," << quoted(value.first) << ":" << quoted(value.second);
        std::cout << "}\n";
    }
    Exiv2::XmpParser::terminate();
    return 0;
}
