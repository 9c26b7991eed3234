# What the toolchain files share; each sets GLS_ARCH (Debian's name), GLS_TRIPLET,
# GLS_QEMU and GLS_LOADER. The libraries come from a root of that processor, build-sysroot/ARCH
# (third_party/cross/sysroot makes it) or $GLS_SYSROOT; tests run by qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${GLS_TRIPLET}-gcc)
set(CMAKE_CXX_COMPILER ${GLS_TRIPLET}-g++)
if(DEFINED ENV{GLS_SYSROOT})
  set(CMAKE_SYSROOT $ENV{GLS_SYSROOT})
else()
  get_filename_component(CMAKE_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../../build-sysroot/${GLS_ARCH}
                         ABSOLUTE)
endif()
if(NOT DEFINED GLS_MULTIARCH) # the folder of its libraries
  set(GLS_MULTIARCH ${GLS_TRIPLET})
endif()
set(CMAKE_LIBRARY_ARCHITECTURE ${GLS_MULTIARCH})
set(CMAKE_FIND_ROOT_PATH ${CMAKE_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${CMAKE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR}
    ${CMAKE_SYSROOT}/usr/lib/${GLS_MULTIARCH}/pkgconfig:${CMAKE_SYSROOT}/usr/share/pkgconfig)
find_program(GLS_EMULATOR ${GLS_QEMU}-static ${GLS_QEMU})
if(GLS_EMULATOR)
  # By the loader, and not by -L: with that, qemu takes "/" for the root of libraries.
  set(libraries ${CMAKE_SYSROOT}/usr/lib/${GLS_MULTIARCH})
  set(CMAKE_CROSSCOMPILING_EMULATOR ${GLS_EMULATOR} ${CMAKE_SYSROOT}/lib/${GLS_LOADER}
      --library-path ${libraries})
endif()
