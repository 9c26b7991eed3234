# What a build holds. Each choice is told by `glassine --version` and by
# gls_capabilities(); sources ask GLS_WITH_..., which is 0 or 1.
include_guard()
option(GLS_EXIV2 "Ask Exiv2 (C++, GPL) for a second opinion on edited XMP" ON)
option(GLS_LIBEXIF "Read Exif through libexif; off: through the project's own TIFF walker" ON)
option(GLS_HTTP "Build the module that asks place services over HTTP (libcurl)" ON)
option(GLS_PLUGINS "Load plugins in C, and build those that ship; hooks are always there" ON)
option(GLS_TIMINGS "For developers: print at the end what each stage took" OFF)
option(GLS_STATIC "Link the command with everything into one file that loads nothing" OFF)

if(GLS_TIMINGS)
  add_compile_definitions(GLS_TIMINGS)
endif()

# gls_choice(NAME DOC VALUE...): a cache variable of these values, the first by default.
function(gls_choice name doc)
  list(GET ARGN 0 default)
  set(${name} ${default} CACHE STRING "${doc}: one of ${ARGN}")
  set_property(CACHE ${name} PROPERTY STRINGS ${ARGN})
  if(NOT ${name} IN_LIST ARGN)
    message(FATAL_ERROR "${name}=${${name}}: it is one of ${ARGN}")
  endif()
endfunction()
gls_choice(GLS_AVFORMAT "libavformat, for containers that are not read here" load link off)
gls_choice(GLS_ARCHIVES "libarchive, for archives as inputs" load link off)
gls_choice(GLS_SHA256 "The library that computes SHA-256" openssl nettle)
gls_choice(GLS_PLACES "Where the gazetteer is" builtin file none)

if(GLS_STATIC)
  if(GLS_AVFORMAT STREQUAL "load")
    message(FATAL_ERROR "GLS_STATIC: a static program loads no library; "
                        "set GLS_AVFORMAT to link or off")
  endif()
  if(GLS_ARCHIVES STREQUAL "load")
    message(FATAL_ERROR "GLS_STATIC: a static program loads no library; "
                        "set GLS_ARCHIVES to link or off")
  endif()
  if(GLS_HTTP)
    message(FATAL_ERROR "GLS_STATIC: a static program loads no module; set GLS_HTTP to OFF")
  endif()
  if(GLS_PLUGINS)
    message(FATAL_ERROR "GLS_STATIC: a static program loads no plugin; set GLS_PLUGINS to OFF")
  endif()
  if(GLS_SANITIZE)
    message(FATAL_ERROR "GLS_STATIC: the sanitizers need a program that loads libraries")
  endif()
endif()

# gls_define_options(TARGET): its sources see the choices.
function(gls_define_options target)
  foreach(name EXIV2 LIBEXIF HTTP PLUGINS)
    target_compile_definitions(${target} PRIVATE GLS_WITH_${name}=$<BOOL:${GLS_${name}}>)
  endforeach()
  target_compile_definitions(${target} PRIVATE GLS_IS_STATIC=$<BOOL:${GLS_STATIC}>
    GLS_WITH_AVFORMAT=$<NOT:$<STREQUAL:${GLS_AVFORMAT},off>>
    GLS_LINKS_AVFORMAT=$<STREQUAL:${GLS_AVFORMAT},link>
    GLS_WITH_ARCHIVES=$<NOT:$<STREQUAL:${GLS_ARCHIVES},off>>
    GLS_LINKS_ARCHIVES=$<STREQUAL:${GLS_ARCHIVES},link>
    GLS_ARCHIVES_CHOICE="${GLS_ARCHIVES}"
    GLS_AVFORMAT_CHOICE="${GLS_AVFORMAT}" GLS_SHA256_CHOICE="${GLS_SHA256}"
    GLS_PLACES_CHOICE="${GLS_PLACES}")
endfunction()
