/* SPDX-License-Identifier: MIT */
/*
 * camera_xml - what video cameras state in XML, inside their movies (a `meta` box with
 * an `xml ` box) or beside them (C0001M01.XML): Sony's NonRealTimeMeta, and the
 * ClipMetadata of Panasonic's P2 and Canon's XF. Local times with their offset, maker,
 * model, and Sony's position.
 */
#ifndef GLS_MEDIA_VIDEO_CAMERA_XML_H
#define GLS_MEDIA_VIDEO_CAMERA_XML_H

#include "base/input.h"
#include "glassine.h"

#define GLS_CAMERA_XML_MAX (1u << 20)

/* Offers what the XML states to `media`, behind what it has. GLS_ERROR_FORMAT: it is no
 * XML, or longer than GLS_CAMERA_XML_MAX. XML of another kind states nothing. */
bool gls_camera_xml_offer(struct gls_media *media, const char *text, size_t size,
                          struct gls_error *error);

#endif
