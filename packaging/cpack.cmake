# The binary packages: `cmake --preset package && cmake --build --preset package`, then
# `cpack --config build-package/CPackConfig.cmake -B dist` (-G DEB, RPM or TGZ).
set(packages glassine libglassine1 libglassine-dev glassine-places-http
    glassine-google-photos)
if(GLS_STATIC) # one file, and what belongs to it
  set(packages glassine)
elseif(NOT GLS_HTTP)
  list(REMOVE_ITEM packages glassine-places-http glassine-google-photos)
elseif(NOT GLS_PLUGINS)
  list(REMOVE_ITEM packages glassine-google-photos)
endif()

# gls_pack(FILE OUTPUT): packed without name and time, so that it is the same each time.
function(gls_pack file output)
  add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${output}
    COMMAND gzip -9nc ${file} > ${CMAKE_CURRENT_BINARY_DIR}/${output} DEPENDS ${file} VERBATIM)
endfunction()
gls_pack(${PROJECT_BINARY_DIR}/glassine.1 glassine.1.gz)
gls_pack(${PROJECT_BINARY_DIR}/glassine.3 glassine.3.gz)
gls_pack(${PROJECT_BINARY_DIR}/glassine-config.5 glassine-config.5.gz)
gls_pack(${CMAKE_CURRENT_SOURCE_DIR}/debian/changelog changelog.Debian.gz)
set(packed glassine.1.gz glassine.3.gz glassine-config.5.gz changelog.Debian.gz)
list(TRANSFORM packed PREPEND ${CMAKE_CURRENT_BINARY_DIR}/)
add_custom_target(packed_texts ALL DEPENDS ${packed})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/glassine.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/glassine-config.5.gz
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/glassine.3.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man3
        COMPONENT libglassine-dev)
install(FILES ${PROJECT_BINARY_DIR}/_glassine
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(DIRECTORY systemd/ DESTINATION lib/systemd/user)
foreach(package ${packages})
  install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/debian/copyright
                ${CMAKE_CURRENT_BINARY_DIR}/changelog.Debian.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${package})
endforeach()

set(CPACK_PACKAGE_NAME glassine)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(GLS_MAINTAINER "The glassine authors <glassine@packages.glassine.invalid>" CACHE STRING
    "Who answers for the packages: NAME <ADDRESS>")
set(CPACK_PACKAGE_CONTACT ${GLS_MAINTAINER})
set(CPACK_PACKAGE_HOMEPAGE_URL "")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "photo and video organizer")
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL ${packages})
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
    GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(summary_glassine "file photos and videos, and never harm them")
set(text_glassine "Files photos, videos, sounds and notes into a library of folders
by date, place and album, finds duplicates by hash, writes tags without
touching the picture, and proves later that nothing has rotted. It needs
no service and no interpreter.")
set(summary_libglassine1 "library that files photos and videos")
set(text_libglassine1 "What the command glassine is built on, for other programs.")
set(summary_libglassine-dev "library that files photos and videos (development)")
set(text_libglassine-dev "Header, static library, pkg-config and CMake files of libglassine.")
set(summary_glassine-places-http "online names of places for glassine")
set(text_glassine-places-http "The module that asks MapQuest or Nominatim for the names of places,
where the configuration of glassine names one. Without it places are named
offline.")
set(summary_glassine-google-photos "uploads to Google Photos for glassine")
set(text_glassine-google-photos "The plugin GooglePhotos: \"glassine batch\" uploads what was filed, where
the configuration of glassine names the plugin and a person allowed it.")

# .deb
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/src)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(section_glassine graphics)
set(section_libglassine1 libs)
set(section_libglassine-dev libdevel)
set(section_glassine-places-http graphics)
set(section_glassine-google-photos graphics)
foreach(package ${packages})
  string(TOUPPER ${package} id)
  set(CPACK_DEBIAN_${id}_PACKAGE_NAME ${package})
  set(CPACK_DEBIAN_${id}_PACKAGE_SECTION ${section_${package}})
  set(CPACK_DEBIAN_${id}_DESCRIPTION "${summary_${package}}\n${text_${package}}")
  set(CPACK_RPM_${id}_PACKAGE_NAME ${package})
  set(CPACK_RPM_${id}_PACKAGE_SUMMARY ${summary_${package}})
  set(CPACK_RPM_${id}_PACKAGE_DESCRIPTION ${text_${package}})
endforeach()
set(CPACK_DEBIAN_LIBGLASSINE1_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/debian/triggers)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(exact "(= ${PROJECT_VERSION}-1)")
set(CPACK_DEBIAN_GLASSINE_PACKAGE_DEPENDS "libglassine1 ${exact}")
set(CPACK_DEBIAN_GLASSINE_PACKAGE_SUGGESTS "glassine-places-http, glassine-google-photos")
# Loaded when an archive is opened, so that no dependency is found.
set(CPACK_DEBIAN_GLASSINE_PACKAGE_RECOMMENDS "libarchive13 | libarchive13t64")
set(CPACK_DEBIAN_LIBGLASSINE-DEV_PACKAGE_DEPENDS "libglassine1 ${exact}")
set(CPACK_DEBIAN_GLASSINE-PLACES-HTTP_PACKAGE_DEPENDS "libglassine1 ${exact}")
set(CPACK_DEBIAN_GLASSINE-GOOGLE-PHOTOS_PACKAGE_DEPENDS "libglassine1 ${exact}")

# .rpm
set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE "MIT AND GPL-2.0-or-later AND CC-BY-4.0")
set(CPACK_RPM_GLASSINE_PACKAGE_REQUIRES "libglassine1 = ${PROJECT_VERSION}")
set(CPACK_RPM_GLASSINE-PLACES-HTTP_PACKAGE_REQUIRES "libglassine1 = ${PROJECT_VERSION}")
set(CPACK_RPM_GLASSINE-GOOGLE-PHOTOS_PACKAGE_REQUIRES "libglassine1 = ${PROJECT_VERSION}")
set(CPACK_RPM_LIBGLASSINE-DEV_PACKAGE_REQUIRES "libglassine1 = ${PROJECT_VERSION}")

# .tar.gz
set(CPACK_ARCHIVE_COMPONENT_INSTALL OFF)
include(CPack)
