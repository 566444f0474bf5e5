@echo off
rem Double-click this file to open the Alliance Workbook.
cd /d "%~dp0"
if not exist start.py (
  echo This file is alone. Unpack the whole zip file first, then double-click Start.bat in the unpacked folder.
  pause
  exit /b 1
)
where py >nul 2>nul && goto py
where python >nul 2>nul && goto python
echo Python was not found. Install Python 3.11 to 3.14, 64-bit, from python.org, then double-click this file again.
pause
exit /b 1

:py
py -3 start.py %*
goto end

:python
python start.py %*

:end
if errorlevel 1 pause
