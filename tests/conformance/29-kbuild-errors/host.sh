mk() { printf "obj-m += $1\n\nall:\n\tmake -C /lib/modules/\$(shell uname -r)/build M=\$(PWD) modules\n\nclean:\n\tmake -C /lib/modules/\$(shell uname -r)/build M=\$(PWD) clean\n" > Makefile; }
t() { mk "$1.o"; echo "### $1"; c "cat $1.py"; c "make; echo rc=\$?"; c "ls $1* Module.symvers modules.order 2>&1"; make clean >/dev/null 2>&1; }
for m in syntax brace implicit undef undef2 nolicense nodesc propgpl noheader warns badproto dupinit userspace sectmis; do t $m; done
echo "### an object that has no source"
mk "missing.o"; c 'make; echo rc=$?'
echo "### obj-m says .c, .ko, no suffix"
mk "good.py"; c 'make; echo rc=$?; ls good*'; make clean >/dev/null 2>&1
mk "good.ko"; c 'make; echo rc=$?; ls good*'; make clean >/dev/null 2>&1
mk "good"; c 'make; echo rc=$?; ls good*'; make clean >/dev/null 2>&1
echo "### spaces instead of a tab"
printf 'obj-m += good.o\nall:\n    make -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules\n' > Makefile
c 'make; echo rc=$?'
echo "### one good, one bad"
mk "good.o syntax.o"; c 'make; echo rc=$?; ls *.ko'
c 'make -k; echo rc=$?; ls *.ko'; make clean >/dev/null 2>&1
echo "### warning only, then fixed"
mk good.o; sed -i 's/return 0/unused = 0; return 0/' good.py; c 'make; echo rc=$?'; c 'make; echo rc=$?'
echo "### the kernel's headers are missing"
c 'make -C /lib/modules/9.9.9/build M=$PWD modules; echo rc=$?'
printf 'obj-m += good.o\nall:\n\tmake -C /lib/modules/9.9.9-generic/build M=$(PWD) modules\n' > Makefile
c 'make; echo rc=$?'
echo "### no obj-m"
printf 'all:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules\n' > Makefile
c 'make; echo rc=$?'
echo "### an unknown target"
c 'make install; echo rc=$?'
